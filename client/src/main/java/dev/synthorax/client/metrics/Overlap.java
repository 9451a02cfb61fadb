package dev.synthorax.client.metrics;

import dev.synthorax.client.image.BinaryMask;

/** How well two masks agree, cell by cell. */
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
    Counts counts = Counts.of(a, b);
    return 2.0 * counts.both / (counts.a + (double) counts.b);
  }

  /**
   * Dice coefficient under a policy for empty masks.
   *
   * @return 0..1, or NaN where {@code policy} gives no value
   * @throws IllegalArgumentException if the sizes differ
   */
  public static double dice(BinaryMask truth, BinaryMask prediction, EmptyPolicy policy) {
    Counts counts = Counts.of(truth, prediction);
    return counts.a == 0 || counts.b == 0
        ? policy.valueOf(counts.a == 0, counts.b == 0, 1, 0)
        : 2.0 * counts.both / (counts.a + (double) counts.b);
  }

  /**
   * Intersection over union (Jaccard index) under a policy for empty masks.
   *
   * @return 0..1, or NaN where {@code policy} gives no value
   * @throws IllegalArgumentException if the sizes differ
   */
  public static double iou(BinaryMask truth, BinaryMask prediction, EmptyPolicy policy) {
    Counts counts = Counts.of(truth, prediction);
    return counts.a == 0 || counts.b == 0
        ? policy.valueOf(counts.a == 0, counts.b == 0, 1, 0)
        : counts.both / (counts.a + (double) counts.b - counts.both);
  }

  static void requireSameSize(BinaryMask a, BinaryMask b) {
    if (a.width() != b.width() || a.height() != b.height()) {
      throw new IllegalArgumentException(
          "masks: %d x %d and %d x %d (expected: the same size)"
              .formatted(a.width(), a.height(), b.width(), b.height()));
    }
  }

  private record Counts(int a, int b, int both) {
    static Counts of(BinaryMask a, BinaryMask b) {
      requireSameSize(a, b);
      byte[] left = a.toBytes();
      byte[] right = b.toBytes();
      int areaOfA = 0;
      int areaOfB = 0;
      int both = 0;
      for (int i = 0; i < left.length; i++) {
        areaOfA += left[i];
        areaOfB += right[i];
        both += left[i] & right[i];
      }
      return new Counts(areaOfA, areaOfB, both);
    }
  }
}
