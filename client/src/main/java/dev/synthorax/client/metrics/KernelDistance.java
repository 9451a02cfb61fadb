package dev.synthorax.client.metrics;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Kernel distance (KID's estimator): unbiased squared maximum mean discrepancy with the kernel
 * {@code (x . y / d + 1)^3}, over random subsets drawn without replacement. It can be below 0.
 *
 * @param mean over the subsets
 * @param standardDeviation over the subsets (n - 1): how much the choice of images matters
 * @param subsets number of subsets
 * @param subsetSize images of each set in a subset
 * @see <a href="https://arxiv.org/abs/1801.01401">Binkowski et al. 2018</a>
 */
public record KernelDistance(double mean, double standardDeviation, int subsets, int subsetSize) {
  /** Usual number of subsets. */
  public static final int SUBSETS = 100;

  private static final int MAX_SUBSET_SIZE = 1000;

  /**
   * Returns a subset size with which subsets differ: half of the smaller set, at most {@value
   * #MAX_SUBSET_SIZE}.
   */
  public static int usualSubsetSize(Features a, Features b) {
    return Math.clamp(Math.min(a.size(), b.size()) / 2, 2, MAX_SUBSET_SIZE);
  }

  /**
   * Measures two sets.
   *
   * @param subsets at least 2
   * @param subsetSize at least 2 and at most the smaller set
   * @param seed of the subsets
   */
  public static KernelDistance of(Features a, Features b, int subsets, int subsetSize, long seed) {
    a.requireSameSet(b);
    if (subsets < 2 || subsetSize < 2 || subsetSize > Math.min(a.size(), b.size())) {
      throw new IllegalArgumentException(
          "kernel distance: %d subsets of %d of %d and %d images (expected: at least 2 of 2, at most all)"
              .formatted(subsets, subsetSize, a.size(), b.size()));
    }
    SplittableRandom random = new SplittableRandom(seed);
    int[][] ofA = new int[subsets][];
    int[][] ofB = new int[subsets][];
    for (int i = 0; i < subsets; i++) {
      ofA[i] = draw(a.size(), subsetSize, random);
      ofB[i] = draw(b.size(), subsetSize, random);
    }
    double[] values =
        IntStream.range(0, subsets)
            .parallel()
            .mapToDouble(i -> discrepancy(a.rows(), ofA[i], b.rows(), ofB[i]))
            .toArray();
    double mean = 0;
    for (double value : values) {
      mean += value / subsets;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return new KernelDistance(mean, Math.sqrt(squares / (subsets - 1)), subsets, subsetSize);
  }

  /** The first {@code size} places of a Fisher-Yates shuffle of 0..n-1. */
  static int[] draw(int n, int size, SplittableRandom random) {
    int[] order = IntStream.range(0, n).toArray();
    int[] drawn = new int[size];
    for (int i = 0; i < size; i++) {
      int other = i + (int) Math.unsignedMultiplyHigh(random.nextLong(), n - i);
      drawn[i] = order[other];
      order[other] = order[i];
    }
    return drawn;
  }

  private static double discrepancy(double[][] a, int[] ofA, double[][] b, int[] ofB) {
    double m = ofA.length;
    double within = 0;
    double across = 0;
    for (int i = 0; i < ofA.length; i++) {
      for (int j = 0; j < ofA.length; j++) {
        if (j < i) {
          within += kernel(a[ofA[i]], a[ofA[j]]) + kernel(b[ofB[i]], b[ofB[j]]);
        }
        across += kernel(a[ofA[i]], b[ofB[j]]);
      }
    }
    return 2 * within / (m * (m - 1)) - 2 * across / (m * m);
  }

  private static double kernel(double[] x, double[] y) {
    double dot = 0;
    for (int k = 0; k < x.length; k++) {
      dot += x[k] * y[k];
    }
    double base = dot / x.length + 1;
    return base * base * base;
  }
}
