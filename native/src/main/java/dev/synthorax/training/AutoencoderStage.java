package dev.synthorax.training;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.ParameterSpec;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.nn.weights.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Trains the autoencoder: absolute error and edges of the reconstruction from sampled latents, and
 * a little pull of the latents towards the standard normal.
 *
 * @see <a href="https://arxiv.org/abs/2112.10752">Rombach et al., section 3.1</a>, without its
 *     adversarial part
 */
final class AutoencoderStage {
  private static final double DIVERGENCE_WEIGHT = 5e-4; // of the mean over latent elements

  private AutoencoderStage() {}

  /** Returns whether the autoencoder is finished. */
  static boolean run(StageRun run, List<PipelineRecipe.AutoencoderPhase> phases)
      throws IOException {
    PipelineFolder pipeline = run.pipeline();
    if (pipeline.has(PipelineFolder.Component.VAE)) {
      return true;
    }
    Path previous = null;
    for (int i = 0; i < phases.size(); i++) {
      String stage = "autoencoder-" + (i + 1);
      Path weights = run.checkpoints().resolve(stage + "-weights.safetensors");
      if (!Files.exists(weights) && !phase(run, phases.get(i), stage, previous, weights)) {
        return false;
      }
      previous = weights;
    }
    List<ParameterSpec> specs = pipeline.parameters(PipelineFolder.Component.VAE);
    try (TorchParameters parameters =
        TorchParameters.load(specs, Objects.requireNonNull(previous, "previous"))) {
      pipeline.save(PipelineFolder.Component.VAE, parameters);
    }
    return true;
  }

  private static boolean phase(
      StageRun run,
      PipelineRecipe.AutoencoderPhase phase,
      String stage,
      @Nullable Path from,
      Path weights)
      throws IOException {
    AutoencoderConfig config = run.pipeline().autoencoder();
    SampleShards shards = run.shards();
    PipelineRecipe.Stage settings = phase.stage();
    var order = new BatchOrder(shards.size(), settings.batchSize(), run.seed());
    try (TorchParameters parameters = parameters(run, from);
        var optimizer =
            new FlatOptimizer(
                parameters.trainable(true).learned(), FlatOptimizer.Settings.DEFAULT)) {
      TorchOps ops = TorchOps.training(parameters);
      boolean finished =
          run.loop(
              stage,
              settings,
              optimizer,
              step -> {
                int[] batch = order.batch(step);
                Tensor images =
                    TorchTensors.floats(
                        shards.images(batch), batch.length, 1, shards.height(), shards.width());
                return loss(ops, config, images, phase.edgeWeight());
              });
      if (finished) {
        optimizer.swapAverage();
        parameters.save(weights, ElementType.F32, Map.of("format", "pt"));
      }
      return finished;
    }
  }

  @MustBeClosed
  private static TorchParameters parameters(StageRun run, @Nullable Path from) throws IOException {
    return from == null
        ? run.pipeline().create(PipelineFolder.Component.VAE, run.seed())
        : TorchParameters.load(run.pipeline().parameters(PipelineFolder.Component.VAE), from);
  }

  private static Tensor loss(
      TorchOps ops, AutoencoderConfig config, Tensor images, double edgeWeight) {
    Tensor distribution = AutoencoderKL.encode(ops, config, images);
    Tensor mean = ops.slice(distribution, 1, 0, config.latentChannels());
    Tensor logVariance =
        LatentCache.clampLogVariance(
            ops.slice(distribution, 1, config.latentChannels(), 2L * config.latentChannels()));
    Tensor deviation = logVariance.mul(new Scalar(0.5)).exp();
    Tensor latents = mean.add(deviation.mul(torch.randn(TorchTensors.shape(mean))));
    Tensor decoded = AutoencoderKL.decode(ops, config, latents);
    return Losses.absolute(decoded, images)
        .add(Losses.edges(decoded, images).mul(new Scalar(edgeWeight)))
        .add(Losses.divergence(mean, logVariance).mul(new Scalar(DIVERGENCE_WEIGHT)));
  }
}
