package dev.synthorax.training;

import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import java.io.IOException;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Trains the autoencoder: absolute error and edges of the reconstruction from sampled latents, and
 * a little pull of the latents towards the standard normal.
 *
 * @see <a href="https://arxiv.org/abs/2112.10752">Rombach et al., section 3.1</a>, without its
 *     adversarial part
 */
final class AutoencoderStage {
  private static final double EDGE_WEIGHT = 0.5;
  private static final double DIVERGENCE_WEIGHT = 5e-4; // of the mean over latent elements

  private AutoencoderStage() {}

  /** Returns whether the autoencoder is finished. */
  static boolean run(StageRun run, PipelineRecipe.Stage settings) throws IOException {
    PipelineFolder pipeline = run.pipeline();
    if (pipeline.has(PipelineFolder.Component.VAE)) {
      return true;
    }
    AutoencoderConfig config = pipeline.autoencoder();
    SampleShards shards = run.shards();
    var order = new BatchOrder(shards.size(), settings.batchSize(), run.seed());
    try (TorchParameters parameters = pipeline.create(PipelineFolder.Component.VAE, run.seed());
        var optimizer =
            new FlatOptimizer(
                parameters.trainable(true).learned(), FlatOptimizer.Settings.DEFAULT)) {
      TorchOps ops = TorchOps.training(parameters);
      boolean finished =
          run.loop(
              "autoencoder",
              settings,
              optimizer,
              step -> {
                int[] batch = order.batch(step);
                Tensor images =
                    TorchTensors.floats(
                        shards.images(batch), batch.length, 1, shards.height(), shards.width());
                return loss(ops, config, images);
              });
      if (finished) {
        optimizer.swapAverage();
        pipeline.save(PipelineFolder.Component.VAE, parameters);
      }
      return finished;
    }
  }

  private static Tensor loss(TorchOps ops, AutoencoderConfig config, Tensor images) {
    Tensor distribution = AutoencoderKL.encode(ops, config, images);
    Tensor mean = ops.slice(distribution, 1, 0, config.latentChannels());
    Tensor logVariance =
        LatentCache.clampLogVariance(
            ops.slice(distribution, 1, config.latentChannels(), 2L * config.latentChannels()));
    Tensor deviation = logVariance.mul(new Scalar(0.5)).exp();
    Tensor latents = mean.add(deviation.mul(torch.randn(TorchTensors.shape(mean))));
    Tensor decoded = AutoencoderKL.decode(ops, config, latents);
    return Losses.absolute(decoded, images)
        .add(Losses.edges(decoded, images).mul(new Scalar(EDGE_WEIGHT)))
        .add(Losses.divergence(mean, logVariance).mul(new Scalar(DIVERGENCE_WEIGHT)));
  }
}
