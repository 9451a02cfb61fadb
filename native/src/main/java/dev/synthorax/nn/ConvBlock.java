package dev.synthorax.nn;

/** A 3x3 convolution without bias, batch normalisation and ReLU: the brick of the judges. */
final class ConvBlock {

  private static final double EPSILON = 1e-5;
  private static final double MOMENTUM = 0.1;

  private ConvBlock() {}

  /** Convolution and normalisation, not yet activated. */
  static <T> T normalized(Ops<T> ops, T x, int channels, int stride) {
    T hidden = Layers.conv2d(ops.in("conv"), x, channels, 3, stride, Padding.of(1), false);
    return ops.in("norm").batchNorm(hidden, EPSILON, MOMENTUM);
  }

  static <T> T once(Ops<T> ops, T x, int channels, int stride) {
    return ops.activation(Activation.RELU, normalized(ops, x, channels, stride));
  }

  static <T> T twice(Ops<T> ops, T x, int channels) {
    return ops.part(() -> once(ops.in("1"), once(ops.in("0"), x, channels, 1), channels, 1));
  }

  /** Two convolutions around a skip connection, halving the sides if the stride is 2. */
  static <T> T residual(Ops<T> ops, T x, int channels, int stride) {
    return ops.part(
        () -> {
          T hidden = once(ops.in("0"), x, channels, stride);
          hidden = normalized(ops.in("1"), hidden, channels, 1);
          T skip = x;
          if (stride != 1 || ops.dim(x, 1) != channels) {
            T pooled = stride == 1 ? x : ops.averagePool2d(x, stride);
            skip = Layers.conv2d(ops.in("skip"), pooled, channels, 1, 1, Padding.NONE, false);
          }
          return ops.activation(Activation.RELU, ops.add(hidden, skip));
        });
  }
}
