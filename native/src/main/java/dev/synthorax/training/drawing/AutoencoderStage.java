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
import java.util.Map;

/**
 * Trains the autoencoder, or goes on with it: {@link AutoencoderLoss}, perhaps against a {@link
 * Critic}, which is new in each phase and not kept.
 *
 * @param phase counted from 0; later ones go on where the one before ended
 */
record AutoencoderStage(PipelineDraft draft, int phase, DrawingSettings.AutoencoderPhase settings)
    implements Recipe.Stage {

  /** What the stage of a phase is called. */
  static String name(int phase) {
    return "autoencoder-" + (phase + 1);
  }

  @Override
  public String name() {
    return name(phase);
  }

  @Override
  public Identity identify(Identity before) throws IOException {
    String name = "autoencoder[%d]".formatted(phase);
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
    return phase == 0 && draft.baseOf(Component.VAE) == null;
  }

  @Override
  public boolean run(StageRun run) throws IOException {
    Samples samples = run.samples();
    BatchOrder order = samples.order(settings.batchSize(), run.seed());
    Map<Component, String> before = phase == 0 ? Map.of() : Map.of(Component.VAE, name(phase - 1));
    try (TorchParameters parameters = draft.open(Component.VAE, before, run.seed());
        var optimizer =
            new FlatOptimizer(
                parameters.trainable(true).learned(), FlatOptimizer.Settings.DEFAULT);
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
