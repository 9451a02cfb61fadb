package dev.synthorax.nn;

import java.util.ArrayList;
import java.util.List;

/**
 * DenseNet: every layer of a block sees the results of all layers before it. Names are those of
 * torchvision's state dict, so that its weights and torchxrayvision's fit.
 *
 * @see <a href="https://arxiv.org/abs/1608.06993">Huang et al. 2017</a>
 */
final class DenseNet {

  private static final double EPSILON = 1e-5;
  private static final double MOMENTUM = 0.1;

  private DenseNet() {}

  /** Reads checked images. */
  static <T> Reading<T> forward(Ops<T> ops, DenseNetConfig config, T image) {
    Ops<T> features = ops.in("features");
    T hidden =
        Layers.conv2d(
            features.in("conv0"),
            scaled(ops, config, image),
            config.initFeatures(),
            7,
            2,
            Padding.of(3),
            false);
    hidden = activated(features.in("norm0"), hidden);
    List<T> maps = new ArrayList<>(List.of(hidden));
    hidden = ops.maxPool2d(hidden, 3, 2, 1);
    int blocks = config.blocks().size();
    for (int block = 1; block <= blocks; block++) {
      hidden = denseBlock(features.in("denseblock" + block), config, block, hidden);
      if (block < blocks) {
        maps.add(hidden);
        hidden = transition(features.in("transition" + block), hidden);
      }
    }
    hidden = activated(features.in("norm5"), hidden);
    maps.add(hidden);
    T pooled = ops.observe("features", ops.mean(hidden, false, 2, 3));
    return new Reading<>(
        Layers.linear(ops.in(config.head()), pooled, config.outputs(), true), maps);
  }

  private static <T> T scaled(Ops<T> ops, DenseNetConfig config, T image) {
    if (config.plainInput()) {
      return image;
    }
    T scale = channelwise(ops, config.inputScale());
    return ops.add(ops.multiply(image, scale), channelwise(ops, config.inputShift()));
  }

  private static <T> T channelwise(Ops<T> ops, List<Double> numbers) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i).floatValue();
    }
    return ops.constant(values, 1, values.length, 1, 1);
  }

  private static <T> T denseBlock(Ops<T> ops, DenseNetConfig config, int block, T x) {
    T all = x;
    for (int layer = 1; layer <= config.blocks().get(block - 1); layer++) {
      Ops<T> scope = ops.in("denselayer" + layer);
      T before = all;
      T added = ops.part(() -> denseLayer(scope, config, before));
      all = ops.concat(1, List.of(before, added));
    }
    return all;
  }

  private static <T> T denseLayer(Ops<T> ops, DenseNetConfig config, T x) {
    int inner = config.bottleneck() * config.growthRate();
    T hidden = activated(ops.in("norm1"), x);
    hidden = Layers.conv2d(ops.in("conv1"), hidden, inner, 1, 1, Padding.NONE, false);
    hidden = activated(ops.in("norm2"), hidden);
    return Layers.conv2d(ops.in("conv2"), hidden, config.growthRate(), 3, 1, Padding.of(1), false);
  }

  /** Halves channels and sides. */
  private static <T> T transition(Ops<T> ops, T x) {
    T hidden = activated(ops.in("norm"), x);
    long channels = ops.dim(x, 1) / 2;
    hidden = Layers.conv2d(ops.in("conv"), hidden, channels, 1, 1, Padding.NONE, false);
    return ops.averagePool2d(hidden, 2);
  }

  private static <T> T activated(Ops<T> ops, T x) {
    return ops.activation(Activation.RELU, ops.batchNorm(x, EPSILON, MOMENTUM));
  }
}
