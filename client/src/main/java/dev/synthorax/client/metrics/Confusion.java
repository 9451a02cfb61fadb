package dev.synthorax.client.metrics;

/**
 * Counts of right and wrong yes-no predictions, and what is computed of them.
 *
 * @param truePositives predicted and true
 * @param falsePositives predicted and not true
 * @param falseNegatives not predicted and true
 * @param trueNegatives not predicted and not true
 */
public record Confusion(
    long truePositives, long falsePositives, long falseNegatives, long trueNegatives) {
  /** Counts predictions. */
  public static Confusion of(boolean[] truth, boolean[] predicted) {
    if (truth.length != predicted.length) {
      throw new IllegalArgumentException(
          "predictions: " + predicted.length + " (expected: " + truth.length + ")");
    }
    long[] counts = new long[4];
    for (int i = 0; i < truth.length; i++) {
      counts[(truth[i] ? 0 : 1) + (predicted[i] ? 0 : 2)]++;
    }
    return new Confusion(counts[0], counts[1], counts[2], counts[3]);
  }

  /** Returns both counts together. */
  public Confusion plus(Confusion other) {
    return new Confusion(
        truePositives + other.truePositives,
        falsePositives + other.falsePositives,
        falseNegatives + other.falseNegatives,
        trueNegatives + other.trueNegatives);
  }

  /** Returns the positives in truth. */
  public long positives() {
    return truePositives + falseNegatives;
  }

  /** Returns (TP + TN) / all; NaN of none. */
  public double accuracy() {
    long all = truePositives + falsePositives + falseNegatives + trueNegatives;
    return (double) (truePositives + trueNegatives) / all;
  }

  /** Returns TP / (TP + FP). */
  public double precision(ZeroDivision zero) {
    return zero.divide(truePositives, truePositives + falsePositives);
  }

  /** Returns TP / (TP + FN), the sensitivity. */
  public double recall(ZeroDivision zero) {
    return zero.divide(truePositives, truePositives + falseNegatives);
  }

  /** Returns TN / (TN + FP). */
  public double specificity(ZeroDivision zero) {
    return zero.divide(trueNegatives, trueNegatives + falsePositives);
  }

  /** Returns 2 TP / (2 TP + FP + FN). */
  public double f1(ZeroDivision zero) {
    return zero.divide(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives);
  }

  /**
   * Returns Matthews' correlation coefficient, -1..1; 0 where a row or column of the table is
   * empty.
   *
   * @see <a href="https://doi.org/10.1016/0005-2795(75)90109-9">Matthews 1975</a>
   */
  public double matthews() {
    double product =
        Math.sqrt((double) truePositives + falsePositives)
            * Math.sqrt((double) truePositives + falseNegatives)
            * Math.sqrt((double) trueNegatives + falsePositives)
            * Math.sqrt((double) trueNegatives + falseNegatives);
    return product == 0
        ? 0
        : ((double) truePositives * trueNegatives - (double) falsePositives * falseNegatives)
            / product;
  }
}
