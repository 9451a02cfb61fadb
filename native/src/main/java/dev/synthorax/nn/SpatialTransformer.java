package dev.synthorax.nn;

/**
 * {@code Transformer2DModel} of diffusers: an image as a sequence of its pixels, which attend to
 * each other and to the text.
 *
 * @param heads attention heads
 * @param layers transformer blocks
 * @param normGroups groups of the normalisation before the first
 * @param linearProjection whether {@code proj_in} and {@code proj_out} are linear layers, not 1x1
 *     convolutions
 */
record SpatialTransformer(int heads, int layers, int normGroups, boolean linearProjection) {

  private static final double GROUP_NORM_EPSILON = 1e-6;
  private static final double LAYER_NORM_EPSILON = 1e-5;

  /**
   * Runs the transformer.
   *
   * @param x {@code [batch, channels, height, width]}
   * @param text {@code [batch, length, features]}
   * @return the shape of {@code x}
   */
  <T> T forward(Ops<T> ops, T x, T text) {
    return ops.part(() -> compute(ops, x, text));
  }

  private <T> T compute(Ops<T> ops, T x, T text) {
    long channels = ops.dim(x, 1);
    long height = ops.dim(x, 2);
    long width = ops.dim(x, 3);
    T hidden = Layers.groupNorm(ops.in("norm"), x, normGroups, GROUP_NORM_EPSILON);
    if (linearProjection) {
      hidden = Layers.linear(ops.in("proj_in"), toSequence(ops, hidden), channels, true);
    } else {
      hidden = Layers.conv2d(ops.in("proj_in"), hidden, channels, 1, 1, Padding.NONE);
      hidden = toSequence(ops, hidden);
    }
    for (int i = 0; i < layers; i++) {
      hidden = block(ops.in("transformer_blocks." + i), hidden, text);
    }
    if (linearProjection) {
      hidden = Layers.linear(ops.in("proj_out"), hidden, channels, true);
      hidden = toImage(ops, hidden, height, width);
    } else {
      hidden = toImage(ops, hidden, height, width);
      hidden = Layers.conv2d(ops.in("proj_out"), hidden, channels, 1, 1, Padding.NONE);
    }
    return ops.add(hidden, x);
  }

  /** {@code BasicTransformerBlock}: self-attention, cross-attention, gated feed-forward. */
  private <T> T block(Ops<T> ops, T x, T text) {
    T normed = Layers.layerNorm(ops.in("norm1"), x, LAYER_NORM_EPSILON);
    T hidden = ops.add(x, Attention.forward(ops.in("attn1"), normed, normed, heads, false));
    normed = Layers.layerNorm(ops.in("norm2"), hidden, LAYER_NORM_EPSILON);
    hidden = ops.add(hidden, Attention.forward(ops.in("attn2"), normed, text, heads, false));
    normed = Layers.layerNorm(ops.in("norm3"), hidden, LAYER_NORM_EPSILON);
    return ops.add(hidden, feedForward(ops.in("ff.net"), normed));
  }

  /**
   * Feed-forward with a GELU gate, four times as wide inside.
   *
   * @see <a href="https://arxiv.org/abs/2002.05202">Shazeer 2020, GEGLU</a>
   */
  private static <T> T feedForward(Ops<T> ops, T x) {
    long features = ops.dim(x, -1);
    T projected = Layers.linear(ops.in("0.proj"), x, 8 * features, true);
    var halves = ops.chunk(projected, 2, 2);
    T gated = ops.multiply(halves.get(0), ops.activation(Activation.GELU, halves.get(1)));
    return Layers.linear(ops.in("2"), gated, features, true);
  }

  static <T> T toSequence(Ops<T> ops, T image) {
    long channels = ops.dim(image, 1);
    long pixels = ops.dim(image, 2) * ops.dim(image, 3);
    return ops.reshape(ops.permute(image, 0, 2, 3, 1), Ops.KEEP, pixels, channels);
  }

  static <T> T toImage(Ops<T> ops, T sequence, long height, long width) {
    long channels = ops.dim(sequence, 2);
    return ops.permute(ops.reshape(sequence, Ops.KEEP, height, width, channels), 0, 3, 1, 2);
  }
}
