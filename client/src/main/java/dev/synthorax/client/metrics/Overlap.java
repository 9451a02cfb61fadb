package dev.synthorax.client.metrics;

import dev.synthorax.client.image.BinaryMask;

/** How well two masks agree. */
public final class Overlap {
  private Overlap() {}

  /**
   * Dice coefficient: {@code 2 |a and b| / (|a| + |b|)}.
   *
   * @param a one mask
   * @param b the other, of the same size
   * @return 0..1; NaN where both are empty, so that a mean has to say what it does with such pairs
   * @throws IllegalArgumentException if the sizes differ
   */
  public static double dice(BinaryMask a, BinaryMask b) {
    if (a.width() != b.width() || a.height() != b.height()) {
      throw new IllegalArgumentException(
          "masks: %d x %d and %d x %d (expected: the same size)"
              .formatted(a.width(), a.height(), b.width(), b.height()));
    }
    byte[] left = a.toBytes();
    byte[] right = b.toBytes();
    int both = 0;
    int sizes = 0;
    for (int i = 0; i < left.length; i++) {
      both += left[i] & right[i];
      sizes += left[i] + right[i];
    }
    return sizes == 0 ? Double.NaN : 2.0 * both / sizes;
  }
}
