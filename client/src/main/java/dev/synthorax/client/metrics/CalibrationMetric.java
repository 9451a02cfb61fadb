package dev.synthorax.client.metrics;

import dev.synthorax.client.metrics.ClassificationScores.CalibrationResult;
import java.util.function.ToDoubleFunction;

/** Metrics of scores taken as probabilities, in the order of tables. */
public enum CalibrationMetric implements Metric {
  /** Brier score. */
  BRIER("brier", "BRIER", CalibrationResult::brier),
  /** Expected calibration error, bins of equal width. */
  ECE_EQUAL_WIDTH("eceEqualWidth", "ECE", CalibrationResult::equalWidth),
  /** Expected calibration error, bins of equal mass. */
  ECE_EQUAL_MASS("eceEqualMass", "ECE MASS", CalibrationResult::equalMass);

  private final String wireName;
  private final String heading;

  @SuppressWarnings("ImmutableEnumChecker") // a function without state
  private final ToDoubleFunction<CalibrationResult> value;

  CalibrationMetric(String wireName, String heading, ToDoubleFunction<CalibrationResult> value) {
    this.wireName = wireName;
    this.heading = heading;
    this.value = value;
  }

  @Override
  public String wireName() {
    return wireName;
  }

  @Override
  public String heading() {
    return heading;
  }

  /** Returns its value; not finite where there is none. */
  public double of(CalibrationResult scores) {
    return value.applyAsDouble(scores);
  }

  @Override
  public String toString() {
    return wireName;
  }
}
