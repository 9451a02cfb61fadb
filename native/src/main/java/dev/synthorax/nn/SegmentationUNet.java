package dev.synthorax.nn;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A small U-Net that marks structures in an image: two convolutions a level, max pooling down,
 * nearest-neighbour upsampling with skip connections up, batch normalisation.
 *
 * @see <a href="https://arxiv.org/abs/1505.04597">Ronneberger et al. 2015</a>
 */
final class SegmentationUNet {

  private SegmentationUNet() {}

  /** Reads checked images. */
  static <T> Reading<T> forward(Ops<T> ops, SegmentationConfig config, T image) {
    Deque<T> skips = new ArrayDeque<>();
    List<T> maps = new ArrayList<>();
    T hidden = image;
    for (int level = 0; level < config.levels(); level++) {
      if (level > 0) {
        skips.addLast(hidden);
        hidden = ops.maxPool2d(hidden, 2);
      }
      hidden = ConvBlock.twice(ops.in("down." + level), hidden, channels(config, level));
      maps.add(hidden);
    }
    for (int level = config.levels() - 2; level >= 0; level--) {
      T joined = ops.concat(1, List.of(ops.upsampleNearest2x(hidden), skips.removeLast()));
      hidden = ConvBlock.twice(ops.in("up." + level), joined, channels(config, level));
    }
    return new Reading<>(
        Layers.conv2d(ops.in(config.head()), hidden, config.structures(), 1, 1, Padding.NONE),
        maps);
  }

  private static int channels(SegmentationConfig config, int level) {
    return config.baseChannels() << level;
  }
}
