package dev.synthorax.client.metrics;

import java.util.Arrays;

/** Area under the receiver operating characteristic. */
public final class Auroc {
  private Auroc() {}

  /**
   * Probability that a positive scores above a negative, ties counting one half: the Mann-Whitney
   * statistic over the number of pairs.
   *
   * @param positives scores of the positives, at least one, no NaN
   * @param negatives scores of the negatives, at least one, no NaN
   * @return 0..1; 0.5 is chance
   * @throws IllegalArgumentException if either is empty or holds a NaN
   * @see <a href="https://doi.org/10.1148/radiology.143.1.7063747">Hanley and McNeil 1982</a>
   */
  public static double of(double[] positives, double[] negatives) {
    require("positives", positives);
    require("negatives", negatives);
    double[] sorted = negatives.clone();
    Arrays.sort(sorted);
    double wins = 0;
    for (double positive : positives) {
      int below = lowerBound(sorted, positive);
      int upTo = upperBound(sorted, positive);
      wins += below + 0.5 * (upTo - below);
    }
    return wins / ((double) positives.length * negatives.length);
  }

  private static void require(String name, double[] scores) {
    if (scores.length == 0) {
      throw new IllegalArgumentException(name + ": empty (expected: at least one score)");
    }
    for (int i = 0; i < scores.length; i++) {
      if (Double.isNaN(scores[i])) {
        throw new IllegalArgumentException(name + "[" + i + "]: NaN (expected: a number)");
      }
    }
  }

  /** Number of values below {@code value}. */
  private static int lowerBound(double[] sorted, double value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Number of values at or below {@code value}. */
  private static int upperBound(double[] sorted, double value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
