package dev.synthorax.training.drawing;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Bounds of the logarithm of a latent's variance.
 *
 * @param min smallest
 * @param max largest
 */
public record LatentBounds(double min, double max) {
  /** As in diffusers' {@code DiagonalGaussianDistribution}. */
  public static final LatentBounds DEFAULT = new LatentBounds(-30, 20);

  /** Values within the bounds. */
  public Tensor clamp(Tensor logVariance) {
    return torch.clamp(
        logVariance, new ScalarOptional(new Scalar(min)), new ScalarOptional(new Scalar(max)));
  }
}
