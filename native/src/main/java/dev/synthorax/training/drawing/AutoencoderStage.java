package dev.synthorax.training.drawing;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.training.drawing.PipelineDraft.Network;
import dev.synthorax.training.stage.BatchOrder;
import dev.synthorax.training.stage.FlatOptimizer;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Losses;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.TrainingLoop;
import java.io.IOException;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Trains the autoencoder, or goes on with it: absolute error and edges of the reconstruction from
 * sampled latents, and a little pull of the latents towards the standard normal.
 *
 * @param phase counted from 0; later ones go on where the one before ended
 * @see <a href="https://arxiv.org/abs/2112.10752">Rombach et al., section 3.1</a>, without its
 *     adversarial part
 */
record AutoencoderStage(PipelineDraft draft, int phase, PipelineSettings.AutoencoderPhase settings)
    implements Recipe.Stage {
  /**
   * Of the loss.
   *
   * @param divergence of the mean over latent elements
   */
  record Weights(double divergence) {
    static final Weights DEFAULT = new Weights(5e-4);
  }

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
    Identity settled = settings.stage().identify(before, name);
    return draft
        .identify(settled, Network.VAE)
        .withRecord(name, settings)
        .withRecord("autoencoder.weights", Weights.DEFAULT)
        .withRecord("latents", LatentBounds.DEFAULT);
  }

  @Override
  public boolean run(StageRun run) throws IOException {
    AutoencoderConfig config = draft.autoencoder();
    Samples samples = run.samples();
    BatchOrder order = samples.order(settings.batchSize(), run.seed());
    try (TorchParameters parameters = parameters(run);
        var optimizer =
            new FlatOptimizer(
                parameters.trainable(true).learned(), FlatOptimizer.Settings.DEFAULT)) {
      TorchOps ops = TorchOps.training(parameters);
      var loop = new TrainingLoop(run, settings.stage(), optimizer);
      boolean finished =
          loop.run(
              TrainingLoop.Objective.over(
                  samples,
                  order,
                  (_, batch) -> {
                    Tensor images =
                        TorchTensors.floats(
                            samples.images(batch),
                            batch.length,
                            1,
                            samples.height(),
                            samples.width());
                    return loss(ops, config, images);
                  }));
      if (finished) {
        optimizer.swapAverage();
        run.finish(
            folder ->
                parameters.save(
                    folder.resolve(Network.VAE.trained()),
                    ElementType.F32,
                    Map.of("format", "pt")));
      }
      return finished;
    }
  }

  @MustBeClosed
  private TorchParameters parameters(StageRun run) {
    return phase == 0
        ? draft.create(Network.VAE, run.seed())
        : draft.load(Network.VAE, name(phase - 1));
  }

  private Tensor loss(TorchOps ops, AutoencoderConfig config, Tensor images) {
    Tensor distribution = AutoencoderKL.encode(ops, config, images);
    Tensor mean = ops.slice(distribution, 1, 0, config.latentChannels());
    Tensor logVariance =
        LatentBounds.DEFAULT.clamp(
            ops.slice(distribution, 1, config.latentChannels(), 2L * config.latentChannels()));
    Tensor deviation = logVariance.mul(new Scalar(0.5)).exp();
    Tensor latents = mean.add(deviation.mul(torch.randn(TorchTensors.shape(mean))));
    Tensor decoded = AutoencoderKL.decode(ops, config, latents);
    return Losses.absolute(decoded, images)
        .add(Losses.edges(decoded, images).mul(new Scalar(settings.edgeWeight())))
        .add(Losses.divergence(mean, logVariance).mul(new Scalar(Weights.DEFAULT.divergence())));
  }
}
