package dev.synthorax.nn;

import java.util.ArrayList;
import java.util.List;

/**
 * Tells real images from drawn ones, patch by patch: strided convolutions without normalisation. It
 * helps to train an autoencoder and is never served.
 *
 * @see <a href="https://arxiv.org/abs/1611.07004">Isola et al. 2017</a>, section 3.2.2
 */
public final class PatchCritic {
  /** How much of a negative value passes. */
  private static final double LEAK = 0.2;

  private PatchCritic() {}

  /**
   * Its size.
   *
   * @param inChannels channels of the image
   * @param channels of the hidden maps, each half as wide and high as the one before; at least one
   */
  public record Config(int inChannels, List<Integer> channels) {
    public Config {
      channels = List.copyOf(channels);
      if (inChannels < 1 || channels.isEmpty() || channels.stream().anyMatch(c -> c < 1)) {
        throw new IllegalArgumentException(
            "inChannels %d, channels %s (expected: at least 1, and at least one)"
                .formatted(inChannels, channels));
      }
    }

    /** What the sides of an image have to divide by. */
    public int spatialFactor() {
      return 1 << channels.size();
    }
  }

  /**
   * What the critic sees.
   *
   * @param verdict {@code [batch, 1, height / factor, width / factor]}: high where a patch looks
   *     real
   * @param hidden maps on the way, finest first
   */
  public record Reading<T>(T verdict, List<T> hidden) {
    public Reading {
      hidden = List.copyOf(hidden);
    }
  }

  /** Every parameter, in the order of use. */
  public static List<ParameterSpec> parameters(Config config) {
    ShapeOps shapes = new ShapeOps();
    long side = config.spatialFactor();
    forward(shapes, config, new long[] {1, config.inChannels(), side, side});
    return shapes.parameters();
  }

  /**
   * Looks at images.
   *
   * @param image {@code [batch, inChannels, height, width]}; sides divide by {@link
   *     Config#spatialFactor}
   */
  public static <T> Reading<T> forward(Ops<T> ops, Config config, T image) {
    var hidden = new ArrayList<T>();
    T x = image;
    for (int level = 0; level < config.channels().size(); level++) {
      Ops<T> layer = ops.in("layers." + level);
      x = Layers.conv2d(layer, x, config.channels().get(level), 4, 2, Padding.of(1));
      T positive = ops.scale(ops.activation(Activation.RELU, x), 1 - LEAK);
      x = ops.add(positive, ops.scale(x, LEAK));
      hidden.add(x);
    }
    return new Reading<>(Layers.conv3x3(ops.in("verdict"), x, 1), hidden);
  }
}
