package dev.synthorax.training;

import dev.synthorax.diffusion.NoiseSchedulerConfig;
import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.CLIPTextModel;
import dev.synthorax.nn.ControlNetConfig;
import dev.synthorax.nn.ControlNetModel;
import dev.synthorax.nn.ControlNetResiduals;
import dev.synthorax.nn.UNet2DConditionConfig;
import dev.synthorax.nn.UNet2DConditionModel;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.PipelineFolder.Component;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Trains the denoiser. First U-Net and text encoder learn from text alone; then the ControlNet
 * starts as a copy of the U-Net's way down, and all three learn from text and masks together, each
 * condition left out at random. A network this small gains from a U-Net that goes on learning; a
 * large pretrained one would be frozen.
 *
 * @see <a href="https://arxiv.org/abs/2207.12598">Ho and Salimans, classifier-free guidance</a>
 * @see <a href="https://arxiv.org/abs/2302.05543">Zhang et al., ControlNet</a>
 */
final class DenoiserStage {
  /** Share of rows without text when there is no mask to go by. */
  private static final double TEXT_ONLY_DROP = 0.1;

  private static final double TEXT_DROP = 0.25;
  private static final double MASK_DROP = 0.35;
  private static final double STRUCTURE_DROP =
      0.15; // of each channel, so that one structure alone may be given

  private final StageRun run;
  private final LatentCache latents; // borrowed
  private final NoiseObjective objective;
  private final UNet2DConditionConfig unetConfig;
  private final CLIPTextConfig textConfig;
  private final @Nullable ControlNetConfig controlConfig;
  private final long[][] tokens;

  private DenoiserStage(
      StageRun run, LatentCache latents, NoiseObjective.Weighting weighting, boolean control)
      throws IOException {
    PipelineFolder pipeline = run.pipeline();
    this.run = run;
    this.latents = latents;
    this.objective =
        new NoiseObjective(NoiseSchedulerConfig.read(pipeline.schedulerConfig()), weighting);
    this.unetConfig = pipeline.unet();
    this.textConfig = pipeline.textEncoder();
    this.controlConfig = control ? pipeline.controlNet() : null;
    this.tokens = Prompts.tokens(pipeline, run.shards(), textConfig.maxPositions());
  }

  /** Text alone; returns whether U-Net and text encoder are finished. */
  static boolean text(StageRun run, LatentCache latents, PipelineRecipe.Stage settings)
      throws IOException {
    PipelineFolder pipeline = run.pipeline();
    if (pipeline.has(Component.UNET)) {
      return true;
    }
    try (TorchParameters unet = pipeline.create(Component.UNET, run.seed());
        TorchParameters text = pipeline.create(Component.TEXT_ENCODER, run.seed())) {
      return new DenoiserStage(run, latents, NoiseObjective.Weighting.DETAIL, false)
          .train("diffusion", settings, unet, text, null);
    }
  }

  /** Text and masks; returns whether all three networks are finished. */
  static boolean control(StageRun run, LatentCache latents, PipelineRecipe.Stage settings)
      throws IOException {
    PipelineFolder pipeline = run.pipeline();
    if (pipeline.has(Component.CONTROLNET)) {
      return true;
    }
    try (TorchParameters unet = pipeline.load(Component.UNET);
        TorchParameters text = pipeline.load(Component.TEXT_ENCODER);
        TorchParameters control = pipeline.create(Component.CONTROLNET, run.seed())) {
      control.copyFrom(unet);
      return new DenoiserStage(run, latents, NoiseObjective.Weighting.DETAIL, true)
          .train("control", settings, unet, text, control);
    }
  }

  /**
   * Text and masks again, with noisy rows counting fully: there it is decided where things lie.
   * Returns whether all three networks are finished.
   */
  static boolean layout(StageRun run, LatentCache latents, PipelineRecipe.Stage settings)
      throws IOException {
    PipelineFolder pipeline = run.pipeline();
    Path done = run.checkpoints().resolve("layout.done");
    if (Files.exists(done)) {
      return true;
    }
    try (TorchParameters unet = pipeline.load(Component.UNET);
        TorchParameters text = pipeline.load(Component.TEXT_ENCODER);
        TorchParameters control = pipeline.load(Component.CONTROLNET)) {
      boolean finished =
          new DenoiserStage(run, latents, NoiseObjective.Weighting.LAYOUT, true)
              .train("layout", settings, unet, text, control);
      if (finished) {
        Files.createFile(done);
      }
      return finished;
    }
  }

  private boolean train(
      String stage,
      PipelineRecipe.Stage settings,
      TorchParameters unet,
      TorchParameters text,
      @Nullable TorchParameters control)
      throws IOException {
    var order = new BatchOrder(latents.size(), settings.batchSize(), run.seed());
    var learned = new ArrayList<Tensor>();
    learned.addAll(unet.trainable(true).learned());
    learned.addAll(text.trainable(true).learned());
    if (control != null) {
      learned.addAll(control.trainable(true).learned());
    }
    try (var optimizer = new FlatOptimizer(List.copyOf(learned), FlatOptimizer.Settings.DEFAULT)) {
      boolean finished =
          run.loop(
              stage, settings, optimizer, step -> loss(order.batch(step), unet, text, control));
      if (finished) {
        optimizer.swapAverage();
        run.pipeline().save(Component.UNET, unet);
        run.pipeline().save(Component.TEXT_ENCODER, text);
        if (control != null) {
          run.pipeline().save(Component.CONTROLNET, control); // last: it marks the stage as done
        }
      }
      return finished;
    }
  }

  private Tensor loss(
      int[] batch, TorchParameters unet, TorchParameters text, @Nullable TorchParameters control) {
    NoiseObjective.Batch noised = objective.noise(latents.draw(batch));
    Tensor words =
        CLIPTextModel.forward(TorchOps.training(text), textConfig, tokens(batch))
            .mul(keep(control == null ? TEXT_ONLY_DROP : TEXT_DROP, batch.length, 1, 1));
    ControlNetResiduals<Tensor> residuals =
        control == null ? null : residuals(batch, noised, words, control);
    Tensor prediction =
        UNet2DConditionModel.forward(
            TorchOps.training(unet),
            unetConfig,
            noised.noised(),
            noised.timesteps(),
            words,
            residuals);
    return noised.loss(prediction);
  }

  private ControlNetResiduals<Tensor> residuals(
      int[] batch, NoiseObjective.Batch noised, Tensor words, TorchParameters control) {
    SampleShards shards = run.shards();
    int structures = shards.structures().size();
    Tensor masks =
        TorchTensors.floats(
                shards.masks(batch), batch.length, structures, shards.height(), shards.width())
            .mul(keep(STRUCTURE_DROP, batch.length, structures, 1, 1));
    ControlNetResiduals<Tensor> all =
        ControlNetModel.forward(
            TorchOps.training(control),
            java.util.Objects.requireNonNull(controlConfig, "controlConfig"),
            noised.noised(),
            noised.timesteps(),
            words,
            masks);
    Tensor rows = keep(MASK_DROP, batch.length, 1, 1, 1);
    return new ControlNetResiduals<>(
        all.down().stream().map(residual -> residual.mul(rows)).toList(), all.middle().mul(rows));
  }

  private Tensor tokens(int[] batch) {
    int length = textConfig.maxPositions();
    long[] ids = new long[batch.length * length];
    for (int i = 0; i < batch.length; i++) {
      System.arraycopy(tokens[batch[i]], 0, ids, i * length, length);
    }
    return TorchTensors.longs(ids, batch.length, length);
  }

  /** Ones, and zeros with probability {@code drop}; from libtorch's generator. */
  private static Tensor keep(double drop, long... shape) {
    return torch.rand(shape).ge(new org.bytedeco.pytorch.Scalar(drop)).to(torch.ScalarType.Float);
  }
}
