package dev.synthorax.nn;

/** Multi-head attention between sequences, with diffusers' names. */
final class Attention {

  private Attention() {}

  /**
   * Attends from {@code x} to {@code context} with {@code to_q}, {@code to_k}, {@code to_v} and
   * {@code to_out.0}.
   *
   * @param x {@code [batch, length, features]}
   * @param context {@code [batch, keys, contextFeatures]}; {@code x} itself for self-attention
   * @param bias whether the three projections of the input have a bias
   */
  static <T> T forward(Ops<T> ops, T x, T context, int heads, boolean bias) {
    long features = ops.dim(x, -1);
    T query = splitHeads(ops, Layers.linear(ops.in("to_q"), x, features, bias), heads);
    T key = splitHeads(ops, Layers.linear(ops.in("to_k"), context, features, bias), heads);
    T value = splitHeads(ops, Layers.linear(ops.in("to_v"), context, features, bias), heads);
    T attended = joinHeads(ops, ops.attention(query, key, value, false));
    return Layers.linear(ops.in("to_out.0"), attended, features, true);
  }

  /** {@code [batch, length, heads * features]} to {@code [batch, heads, length, features]}. */
  static <T> T splitHeads(Ops<T> ops, T x, int heads) {
    long features = ops.dim(x, 2);
    if (features % heads != 0) {
      throw new IllegalArgumentException(
          "%s: %d features in %d heads (expected: a multiple)"
              .formatted(ops.path(), features, heads));
    }
    T split = ops.reshape(x, Ops.KEEP, Ops.KEEP, heads, features / heads);
    return ops.permute(split, 0, 2, 1, 3);
  }

  /** {@code [batch, heads, length, features]} to {@code [batch, length, heads * features]}. */
  static <T> T joinHeads(Ops<T> ops, T x) {
    long features = ops.dim(x, 1) * ops.dim(x, 3);
    return ops.reshape(ops.permute(x, 0, 2, 1, 3), Ops.KEEP, Ops.KEEP, features);
  }
}
