package dev.synthorax.training.tuning;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a batch's rows are told.
 *
 * <p><b>Ownership:</b> tensors belong to the caller's scope.
 *
 * @param words embeddings, FP32 {@code [rows, length, dim]}
 * @param nothing the embedding of no text, FP32 {@code [1, length, dim]}
 * @param masks FP32 {@code [rows, channels, height, width]}, 0 or 1; null: no row has any
 * @param hasText whether a row has text
 * @param hasMasks whether a row has masks
 * @param keepsMasks whether a row that is told nothing still has its masks
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record Conditions(
    Tensor words,
    Tensor nothing,
    @Nullable Tensor masks,
    boolean[] hasText,
    boolean[] hasMasks,
    boolean keepsMasks) {
  /**
   * How often a row goes without a condition, so that each may be left out by a request.
   *
   * @param text without text
   * @param masks without any mask
   * @param structure without one channel of the masks
   */
  record Drop(double text, double masks, double structure) {
    static final Drop NONE = new Drop(0, 0, 0);

    Drop {
      for (double share : new double[] {text, masks, structure}) {
        if (!(share >= 0 && share < 1)) {
          throw new IllegalArgumentException(
              "drop: text %s, masks %s, structure %s (expected: each at least 0, below 1)"
                  .formatted(text, masks, structure));
        }
      }
    }
  }

  /** The other side of guidance: no text, and masks only where the pipeline keeps them there. */
  Conditions unconditional() {
    return new Conditions(
        nothing.expand(words.sizes()),
        nothing,
        keepsMasks ? masks : null,
        new boolean[hasText.length],
        keepsMasks ? hasMasks : new boolean[hasMasks.length],
        keepsMasks);
  }
}
