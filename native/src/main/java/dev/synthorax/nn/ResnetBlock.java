package dev.synthorax.nn;

import org.jspecify.annotations.Nullable;

/**
 * {@code ResnetBlock2D} of diffusers: two normalised convolutions around a skip connection, with an
 * optional shift by the timestep.
 *
 * @param normGroups groups of both normalisations
 * @param epsilon of both normalisations
 * @param activation before each convolution, and on the timestep
 */
record ResnetBlock(int normGroups, double epsilon, Activation activation) {

  /**
   * Runs the block.
   *
   * @param x {@code [batch, in, height, width]}
   * @param timeEmbedding {@code [batch, features]}, or null in an autoencoder
   * @param outChannels channels of the result; a 1x1 convolution fits the skip if they differ
   */
  <T> T forward(Ops<T> ops, T x, @Nullable T timeEmbedding, long outChannels) {
    return ops.part(() -> compute(ops, x, timeEmbedding, outChannels));
  }

  private <T> T compute(Ops<T> ops, T x, @Nullable T timeEmbedding, long outChannels) {
    T hidden = Layers.groupNorm(ops.in("norm1"), x, normGroups, epsilon);
    hidden = ops.activation(activation, hidden);
    hidden = Layers.conv3x3(ops.in("conv1"), hidden, outChannels);
    if (timeEmbedding != null) {
      T shift = ops.activation(activation, timeEmbedding);
      shift = Layers.linear(ops.in("time_emb_proj"), shift, outChannels, true);
      hidden = ops.add(hidden, ops.reshape(shift, Ops.KEEP, outChannels, 1, 1));
    }
    hidden = Layers.groupNorm(ops.in("norm2"), hidden, normGroups, epsilon);
    hidden = ops.activation(activation, hidden);
    hidden = Layers.conv3x3(ops.in("conv2"), hidden, outChannels);
    T skip = x;
    if (ops.dim(x, 1) != outChannels) {
      skip = Layers.conv2d(ops.in("conv_shortcut"), x, outChannels, 1, 1, Padding.NONE);
    }
    return ops.add(skip, hidden);
  }
}
