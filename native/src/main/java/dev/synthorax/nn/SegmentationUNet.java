package dev.synthorax.nn;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A small U-Net that marks structures in an image: two convolutions a level, max pooling down,
 * nearest-neighbour upsampling with skip connections up, batch normalisation.
 *
 * @see <a href="https://arxiv.org/abs/1505.04597">Ronneberger et al. 2015</a>
 */
public final class SegmentationUNet {

  private SegmentationUNet() {}

  /** Every parameter and running statistic of the network, in the order of use. */
  public static List<ParameterSpec> parameters(SegmentationConfig config) {
    ShapeOps shapes = new ShapeOps();
    long side = 1L << config.levels();
    forward(shapes, config, new long[] {1, config.inChannels(), side, side});
    return shapes.parameters();
  }

  /**
   * Marks the structures.
   *
   * @param image {@code [batch, inChannels, height, width]}, about -1..1
   * @return logits {@code [batch, structures, height, width]}; a pixel belongs to a structure where
   *     its logit is positive
   * @throws IllegalArgumentException if the channels differ or a side does not divide
   */
  public static <T> T forward(Ops<T> ops, SegmentationConfig config, T image) {
    int factor = 1 << (config.levels() - 1);
    if (ops.dim(image, 1) != config.inChannels()
        || ops.dim(image, 2) % factor != 0
        || ops.dim(image, 3) % factor != 0) {
      throw new IllegalArgumentException(
          "image: %dx%dx%d (expected: %d channels, sides that divide by %d)"
              .formatted(
                  ops.dim(image, 1),
                  ops.dim(image, 2),
                  ops.dim(image, 3),
                  config.inChannels(),
                  factor));
    }
    Deque<T> skips = new ArrayDeque<>();
    T hidden = image;
    for (int level = 0; level < config.levels(); level++) {
      if (level > 0) {
        skips.addLast(hidden);
        hidden = ops.maxPool2d(hidden, 2);
      }
      hidden = ConvBlock.twice(ops.in("down." + level), hidden, channels(config, level));
    }
    for (int level = config.levels() - 2; level >= 0; level--) {
      T joined = ops.concat(1, List.of(ops.upsampleNearest2x(hidden), skips.removeLast()));
      hidden = ConvBlock.twice(ops.in("up." + level), joined, channels(config, level));
    }
    return Layers.conv2d(ops.in("head"), hidden, config.structures(), 1, 1, Padding.NONE);
  }

  private static int channels(SegmentationConfig config, int level) {
    return config.baseChannels() << level;
  }
}
