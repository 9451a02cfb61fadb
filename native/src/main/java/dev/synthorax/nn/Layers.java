package dev.synthorax.nn;

/** Layers with their own parameters, named {@code weight} and {@code bias} below a scope. */
final class Layers {

  private Layers() {}

  /** A square convolution with bias and PyTorch's default initialisation. */
  static <T> T conv2d(Ops<T> ops, T x, long outChannels, int kernel, int stride, Padding padding) {
    return conv2d(ops, x, outChannels, kernel, stride, padding, true);
  }

  static <T> T conv2d(
      Ops<T> ops, T x, long outChannels, int kernel, int stride, Padding padding, boolean bias) {
    long inChannels = ops.dim(x, 1);
    Init init = Init.fanIn(inChannels * kernel * kernel);
    T weight = ops.parameter("weight", init, outChannels, inChannels, kernel, kernel);
    return ops.conv2d(
        x, weight, bias ? ops.parameter("bias", init, outChannels) : null, stride, padding);
  }

  /** A 3x3 convolution that keeps the size. */
  static <T> T conv3x3(Ops<T> ops, T x, long outChannels) {
    return conv2d(ops, x, outChannels, 3, 1, Padding.of(1));
  }

  /** A convolution that starts as zero, so that what it joins starts unchanged. */
  static <T> T zeroConv2d(Ops<T> ops, T x, long outChannels, int kernel) {
    T weight = ops.parameter("weight", Init.ZEROS, outChannels, ops.dim(x, 1), kernel, kernel);
    T bias = ops.parameter("bias", Init.ZEROS, outChannels);
    return ops.conv2d(x, weight, bias, 1, Padding.of(kernel / 2));
  }

  /** A linear layer with PyTorch's default initialisation. */
  static <T> T linear(Ops<T> ops, T x, long outFeatures, boolean bias) {
    long inFeatures = ops.dim(x, -1);
    Init init = Init.fanIn(inFeatures);
    T weight = ops.parameter("weight", init, outFeatures, inFeatures);
    return ops.linear(x, weight, bias ? ops.parameter("bias", init, outFeatures) : null);
  }

  static <T> T groupNorm(Ops<T> ops, T x, int groups, double epsilon) {
    long channels = ops.dim(x, 1);
    if (channels % groups != 0) {
      throw new IllegalArgumentException(
          "%s: %d channels in %d groups (expected: channels a multiple of norm_num_groups)"
              .formatted(ops.path(), channels, groups));
    }
    return ops.groupNorm(
        x,
        groups,
        ops.parameter("weight", Init.ONES, channels),
        ops.parameter("bias", Init.ZEROS, channels),
        epsilon);
  }

  static <T> T layerNorm(Ops<T> ops, T x, double epsilon) {
    long features = ops.dim(x, -1);
    return ops.layerNorm(
        x,
        ops.parameter("weight", Init.ONES, features),
        ops.parameter("bias", Init.ZEROS, features),
        epsilon);
  }
}
