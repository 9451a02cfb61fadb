package dev.synthorax.training.drawing;

import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.stage.Losses;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * How far reconstructions are from images: absolute error and edges, from sampled latents; a little
 * pull of the latents towards the standard normal; and what a critic says.
 *
 * <p><b>Ownership:</b> borrows parameters and critic.
 *
 * <p><b>Threading:</b> one thread.
 *
 * @see <a href="https://arxiv.org/abs/2112.10752">Rombach et al., section 3.1</a>
 */
final class AutoencoderLoss {
  private final AutoencoderConfig config;
  private final TorchOps ops;
  private final DrawingSettings.AutoencoderPhase settings;
  private final @Nullable Critic critic;

  AutoencoderLoss(
      AutoencoderConfig config,
      TorchParameters parameters,
      DrawingSettings.AutoencoderPhase settings,
      @Nullable Critic critic) {
    this.config = config;
    this.ops = TorchOps.training(parameters);
    this.settings = settings;
    this.critic = critic;
  }

  /** The loss of a batch of images, a scalar with gradients; noise from libtorch's generator. */
  Tensor of(long step, Tensor images) {
    Tensor distribution = AutoencoderKL.encode(ops, config, images);
    Tensor mean = mean(distribution);
    Tensor logVariance =
        LatentBounds.DEFAULT.clamp(
            ops.slice(distribution, 1, config.latentChannels(), 2L * config.latentChannels()));
    Tensor deviation = logVariance.mul(new Scalar(0.5)).exp();
    Tensor latents = mean.add(deviation.mul(torch.randn(TorchTensors.shape(mean))));
    Tensor decoded = AutoencoderKL.decode(ops, config, latents);
    Tensor pixels = Losses.absolute(decoded, images);
    Tensor loss =
        pixels
            .add(Losses.edges(decoded, images).mul(new Scalar(settings.edgeWeight())))
            .add(Losses.divergence(mean, logVariance).mul(new Scalar(settings.divergenceWeight())));
    return critic == null ? loss : loss.add(critic.judge(step, images, decoded, pixels));
  }

  /** Images as they come back from the means of their latents. */
  Tensor reconstruct(Tensor images) {
    return AutoencoderKL.decode(ops, config, mean(AutoencoderKL.encode(ops, config, images)));
  }

  private Tensor mean(Tensor distribution) {
    return ops.slice(distribution, 1, 0, config.latentChannels());
  }
}
