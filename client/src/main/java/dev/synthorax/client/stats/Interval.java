package dev.synthorax.client.stats;

import org.jspecify.annotations.Nullable;

/**
 * A two-sided confidence interval.
 *
 * @param low lower bound
 * @param high upper bound, not below {@code low}
 */
public record Interval(double low, double high) {
  /** Checks the order. */
  public Interval {
    if (!(low <= high)) {
      throw new IllegalArgumentException(
          "interval: " + low + " to " + high + " (expected: low <= high, no NaN)");
    }
  }

  /**
   * Returns the two-sided Student t interval of the mean of {@code values}.
   *
   * @param confidence within 0..1
   * @return null for one value or no variance
   * @throws IllegalArgumentException if there is no value or one is not finite
   */
  public static @Nullable Interval ofMean(double[] values, double confidence) {
    Differences spread = Differences.of(values); // from zero: the same mean and deviation
    return spread.n() < 2
        ? null
        : PairedTTest.of(spread, Alternative.TWO_SIDED, confidence).interval();
  }
}
