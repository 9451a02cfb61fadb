package dev.synthorax.training.drawing;

import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.training.stage.BatchOrder;
import dev.synthorax.training.stage.FlatOptimizer;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.TrainingLoop;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Trains the autoencoder, or goes on with it: {@link AutoencoderLoss}, perhaps against a {@link
 * Critic}, which is new in each phase and not kept.
 *
 * @param part what of it learns
 * @param phase of that part, counted from 0
 * @param before stage that it goes on from; null: the base's autoencoder, or a new one
 */
record AutoencoderStage(
    PipelineDraft draft,
    Part part,
    int phase,
    @Nullable String before,
    DrawingSettings.AutoencoderPhase settings)
    implements Recipe.Stage {

  /** What learns in a phase. */
  enum Part {
    /** Encoder and decoder. */
    AUTOENCODER("autoencoder"),
    /** The decoder alone: latents stay what they are, and what was learned of them stays right. */
    DECODER("decoder");

    private final String label;

    Part(String label) {
      this.label = label;
    }

    /** The part's tensors that learn. */
    private List<Tensor> learned(TorchParameters parameters) {
      parameters.trainable(false);
      return parameters.specs().stream()
          .filter(spec -> spec.learned() && (this == AUTOENCODER || decodes(spec.name())))
          .map(spec -> parameters.tensor(spec.name()).set_requires_grad(true))
          .toList();
    }

    private static boolean decodes(String name) {
      return name.startsWith("decoder.") || name.startsWith("post_quant_conv.");
    }
  }

  @Override
  public String name() {
    return part.label + "-" + (phase + 1);
  }

  @Override
  public Identity identify(Identity before) throws IOException {
    String name = "%s[%d]".formatted(part.label, phase);
    Identity settled =
        draft
            .identify(settings.stage().identify(before, name), Component.VAE)
            .withRecord(name, settings)
            .withRecord("latents", LatentBounds.DEFAULT);
    if (isNew()) {
      settled = settled.withRecord("autoencoder.start", AutoencoderStart.DEFAULT);
    }
    return settings.hasCritic()
        ? settled
            .withRecord("critic.shape", Critic.Shape.DEFAULT)
            .withRecord("critic.learning", Critic.Learning.DEFAULT)
            .withRecord("critic.optimizer", Critic.Learning.OPTIMIZER)
        : settled;
  }

  /** Whether it learns from nothing. */
  private boolean isNew() {
    return before == null && draft.baseOf(Component.VAE) == null;
  }

  @Override
  public boolean run(StageRun run) throws IOException {
    Samples samples = run.samples();
    BatchOrder order = samples.order(settings.batchSize(), run.seed());
    Map<Component, String> trained = before == null ? Map.of() : Map.of(Component.VAE, before);
    try (TorchParameters parameters = draft.open(Component.VAE, trained, run.seed());
        var optimizer =
            new FlatOptimizer(part.learned(parameters), FlatOptimizer.Settings.DEFAULT);
        Critic critic = settings.hasCritic() ? new Critic(settings, run.seed()) : null) {
      if (isNew()) {
        AutoencoderStart.DEFAULT.set(draft.autoencoder(), parameters);
      }
      var loss = new AutoencoderLoss(draft.autoencoder(), parameters, settings, critic);
      var examiner = new AutoencoderExaminer(run, loss, optimizer);
      var loop = new TrainingLoop(run, settings.stage(), optimizer).examinedBy(examiner::examine);
      if (critic != null) {
        loop.against(critic);
      }
      boolean finished =
          loop.run(
              TrainingLoop.Objective.over(
                  samples,
                  order,
                  (step, batch) -> loss.of(step, Crops.of(samples, batch, settings.crop()))));
      if (finished) {
        optimizer.swapAverage();
        run.finish(
            folder ->
                parameters.save(
                    folder.resolve(PipelineDraft.fileName(Component.VAE)),
                    ElementType.F32,
                    Map.of("format", "pt")));
      }
      return finished;
    }
  }
}
