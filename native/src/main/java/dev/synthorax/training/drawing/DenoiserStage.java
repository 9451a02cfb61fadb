package dev.synthorax.training.drawing;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.training.drawing.PipelineDraft.Network;
import dev.synthorax.training.stage.BatchOrder;
import dev.synthorax.training.stage.FlatOptimizer;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.StageSettings;
import dev.synthorax.training.stage.TrainingLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Trains the denoiser. First U-Net and text encoder learn from text alone; then the ControlNet
 * starts as a copy of the U-Net's way down, and all three learn from text and masks together, each
 * condition left out at random. A network this small gains from a U-Net that goes on learning; a
 * large pretrained one would be frozen.
 *
 * @see <a href="https://arxiv.org/abs/2302.05543">Zhang et al., ControlNet</a>
 */
record DenoiserStage(PipelineDraft draft, Kind kind, StageSettings settings)
    implements Recipe.Stage {
  /** The three stages, in order; each goes on with the networks of the one before. */
  enum Kind {
    /** Text alone. */
    DIFFUSION("diffusion", NoiseObjective.Weighting.DETAIL),
    /** Text and masks. */
    CONTROL("control", NoiseObjective.Weighting.DETAIL),
    /**
     * Text and masks again, with noisy rows counting fully: there it is decided where things lie.
     */
    LAYOUT("layout", NoiseObjective.Weighting.LAYOUT);

    private final String stage;
    private final NoiseObjective.Weighting weighting;

    Kind(String stage, NoiseObjective.Weighting weighting) {
      this.stage = stage;
      this.weighting = weighting;
    }

    String stage() {
      return stage;
    }
  }

  @Override
  public String name() {
    return kind.stage;
  }

  @Override
  public Identity identify(Identity before) throws IOException {
    Identity settled =
        settings
            .identify(before, kind.stage)
            .with(kind.stage + ".weighting", kind.weighting)
            .withRecord("weighting", NoiseObjective.Bound.DEFAULT)
            .withRecord("drop", DenoiserLoss.Drop.DEFAULT);
    return switch (kind) {
      case DIFFUSION ->
          draft.identifySchedule(
              draft.identify(draft.identify(settled, Network.TEXT_ENCODER), Network.UNET));
      case CONTROL -> draft.identify(settled, Network.CONTROLNET);
      case LAYOUT -> settled;
    };
  }

  @Override
  public boolean run(StageRun run) throws IOException {
    try (TorchParameters unet = start(Network.UNET, run);
        TorchParameters text = start(Network.TEXT_ENCODER, run);
        TorchParameters control = kind == Kind.DIFFUSION ? null : start(Network.CONTROLNET, run)) {
      if (kind == Kind.CONTROL && control != null) {
        control.copyFrom(unet);
      }
      return learn(run, unet, text, control);
    }
  }

  @MustBeClosed
  private TorchParameters start(Network network, StageRun run) {
    if (kind == Kind.DIFFUSION || (kind == Kind.CONTROL && network == Network.CONTROLNET)) {
      return draft.create(network, run.seed());
    }
    return draft.load(network, (kind == Kind.CONTROL ? Kind.DIFFUSION : Kind.CONTROL).stage);
  }

  private boolean learn(
      StageRun run, TorchParameters unet, TorchParameters text, @Nullable TorchParameters control)
      throws IOException {
    var learned = new ArrayList<Tensor>();
    learned.addAll(unet.trainable(true).learned());
    learned.addAll(text.trainable(true).learned());
    if (control != null) {
      learned.addAll(control.trainable(true).learned());
    }
    try (var optimizer = new FlatOptimizer(List.copyOf(learned), FlatOptimizer.Settings.DEFAULT);
        LatentCache latents = LatentCache.open(run.session().work())) {
      BatchOrder order = run.samples().order(settings.batchSize(), run.seed());
      var networks = new DenoiserLoss.Networks(unet, text, control);
      var loss = new DenoiserLoss(draft, run, latents, kind.weighting, networks);
      boolean finished =
          new TrainingLoop(run, settings, optimizer)
              .run(TrainingLoop.Objective.over(run.samples(), order, (_, batch) -> loss.of(batch)));
      if (finished) {
        optimizer.swapAverage();
        run.finish(
            folder -> {
              Map<String, String> metadata = Map.of("format", "pt");
              unet.save(folder.resolve(Network.UNET.trained()), ElementType.F32, metadata);
              text.save(folder.resolve(Network.TEXT_ENCODER.trained()), ElementType.F32, metadata);
              if (control != null) {
                control.save(
                    folder.resolve(Network.CONTROLNET.trained()), ElementType.F32, metadata);
              }
            });
      }
      return finished;
    }
  }
}
