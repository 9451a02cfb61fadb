package dev.synthorax.training.reading;

import dev.synthorax.nn.torch.TorchTensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Varies images as films vary, so that a reader learns anatomy and not exposure: contrast,
 * brightness, sharpness and grain, each drawn for every image from libtorch's generator.
 */
final class FilmVariation {
  /**
   * How much.
   *
   * @param contrast half the width of the range around 1
   * @param brightness half the width of the range around 0
   * @param grain largest standard deviation
   */
  record Strength(double contrast, double brightness, double grain) {
    static final Strength DEFAULT = new Strength(0.15, 0.1, 0.04);
  }

  private FilmVariation() {}

  /**
   * Varies a batch.
   *
   * @param images {@code [batch, channels, height, width]} in -1..1, even sides
   * @return the same shape and range
   */
  static Tensor apply(Tensor images, Strength strength) {
    long rows = images.size(0);
    Tensor softness = torch.rand(rows, 1, 1, 1);
    Tensor varied = images.mul(softness.neg().add(new Scalar(1.0))).add(soft(images).mul(softness));
    varied =
        varied
            .mul(around(1, strength.contrast(), rows))
            .add(around(0, strength.brightness(), rows));
    Tensor grain = torch.randn(TorchTensors.shape(images));
    varied = varied.add(grain.mul(torch.rand(rows, 1, 1, 1).mul(new Scalar(strength.grain()))));
    return torch.clamp(
        varied, new ScalarOptional(new Scalar(-1.0)), new ScalarOptional(new Scalar(1.0)));
  }

  /** Each pixel the mean of the 3 x 3 around it. */
  private static Tensor soft(Tensor images) {
    return torch.avg_pool2d(
        images,
        new long[] {3, 3},
        new long[] {1, 1},
        new long[] {1, 1},
        false,
        false,
        new org.bytedeco.pytorch.LongOptional());
  }

  private static Tensor around(double center, double halfWidth, long rows) {
    return torch
        .rand(rows, 1, 1, 1)
        .mul(new Scalar(2 * halfWidth))
        .add(new Scalar(center - halfWidth));
  }
}
