package dev.synthorax.client.stats;

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
}
