package dev.synthorax.client.metrics;

import dev.synthorax.client.metrics.ClassificationScores.LabelResult;
import java.util.function.ToDoubleFunction;

/** Metrics of one label over all thresholds, in the order of tables. */
public enum LabelMetric implements Metric {
  /** Area under the ROC. */
  AUROC("auroc", "AUROC", LabelResult::auroc),
  /** Area under the precision-recall steps. */
  AVERAGE_PRECISION("averagePrecision", "AP", LabelResult::averagePrecision);

  private final String wireName;
  private final String heading;

  @SuppressWarnings("ImmutableEnumChecker") // a function without state
  private final ToDoubleFunction<LabelResult> value;

  LabelMetric(String wireName, String heading, ToDoubleFunction<LabelResult> value) {
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
  public double of(LabelResult scores) {
    return value.applyAsDouble(scores);
  }

  @Override
  public String toString() {
    return wireName;
  }
}
