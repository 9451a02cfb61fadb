package dev.synthorax.client.stats;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.metrics.Metric;
import java.math.BigDecimal;

/**
 * What to compare, and how.
 *
 * @param baseline arm that all others are compared with
 * @param metric metric of the file; {@code auroc} or {@code accuracy} of predictions
 * @param threshold of {@code accuracy}: a score at or above it predicts a positive
 * @param test the test
 * @param alternative the hypothesis a small p-value supports
 * @param adjustment for the family of all comparisons
 * @param confidence of the two-sided intervals, in (0, 1); alpha is one minus this
 */
public record ComparisonPlan(
    String baseline,
    Metric metric,
    double threshold,
    PairedTest test,
    Alternative alternative,
    Adjustment adjustment,
    double confidence) {
  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if the confidence is not within 0 and 1, or the threshold is
   *     no number
   */
  public ComparisonPlan {
    requireNonNull(baseline, "baseline");
    requireNonNull(metric, "metric");
    requireNonNull(test, "test");
    requireNonNull(alternative, "alternative");
    requireNonNull(adjustment, "adjustment");
    if (!(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException(
          "confidence: " + confidence + " (expected: above 0 and below 1, such as 0.95)");
    }
    if (!Double.isFinite(threshold)) {
      throw new IllegalArgumentException("threshold: " + threshold + " (expected: a number)");
    }
  }

  /** Returns one minus the confidence, as a decimal number: 0.05 of 0.95. */
  public double alpha() {
    return BigDecimal.ONE.subtract(BigDecimal.valueOf(confidence)).doubleValue();
  }
}
