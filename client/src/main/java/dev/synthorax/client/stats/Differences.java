package dev.synthorax.client.stats;

import java.math.BigDecimal;

/**
 * Paired differences, arm minus baseline, one per unit.
 *
 * <p>Pairs are subtracted as the decimal numbers they are written as, so that 0.3 - 0.2 and 0.2 -
 * 0.1 are the same difference: ties, zeros and constant differences are found as a reader would.
 */
public final class Differences {
  /** Differences closer than this, relative to the scores, are rounding of one number. */
  private static final double RELATIVE_ROUNDING = 1e-12;

  private final double[] values;
  private final double scale;
  private final double mean;
  private final double standardDeviation;

  private Differences(double[] values, double scale) {
    if (values.length == 0) {
      throw new IllegalArgumentException("differences: none (expected: at least one pair)");
    }
    this.values = values;
    this.scale = scale;
    double sum = 0;
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(
            "difference: " + value + " (expected: every score a finite number)");
      }
      sum += value;
    }
    mean = sum / values.length;
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    standardDeviation = values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
  }

  /**
   * Differences that are given as such.
   *
   * @throws IllegalArgumentException if there is none or one is not finite
   */
  public static Differences of(double... differences) {
    double[] values = differences.clone();
    return new Differences(values, largest(values));
  }

  /**
   * Subtracts {@code baseline} from {@code arm}, pair by pair.
   *
   * @throws IllegalArgumentException if the lengths differ, there is none, or one is not finite
   */
  public static Differences ofPairs(double[] arm, double[] baseline) {
    if (arm.length != baseline.length) {
      throw new IllegalArgumentException(
          "pairs: " + arm.length + " and " + baseline.length + " scores (expected: as many)");
    }
    double[] values = new double[arm.length];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          Double.isFinite(arm[i]) && Double.isFinite(baseline[i])
              ? BigDecimal.valueOf(arm[i]).subtract(BigDecimal.valueOf(baseline[i])).doubleValue()
              : Double.NaN;
    }
    return new Differences(values, Math.max(largest(arm), largest(baseline)));
  }

  private static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** Returns the number of pairs, at least 1. */
  public int n() {
    return values.length;
  }

  /** Returns the mean difference. */
  public double mean() {
    return mean;
  }

  /** Returns the sample standard deviation (n - 1); 0 of a single pair. */
  public double standardDeviation() {
    return standardDeviation;
  }

  /** Returns a copy of the differences in their order. */
  public double[] values() {
    return values.clone();
  }

  /** Differences up to this are equal but for rounding. */
  double rounding() {
    return RELATIVE_ROUNDING * scale;
  }

  /** Returns why these have no variance to test with, or "" where they have. */
  String whyNoVariance() {
    if (values.length == 1) {
      return "n = 1: one pair has no variance, so no test statistic exists; add seeds or images";
    }
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return high - low <= rounding()
        ? "zero variance: all "
            + values.length
            + " differences are "
            + values[0]
            + ", so no test statistic exists; check that the runs differ"
        : "";
  }
}
