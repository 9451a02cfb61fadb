package dev.synthorax.client.metrics;

import dev.synthorax.client.metrics.ClassificationScores.Decisions;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Metrics of yes-no decisions at one threshold, in the order of tables. */
public enum DecisionMetric implements Metric {
  /** F1. */
  F1("f1", "F1", Decisions::f1),
  /** Precision. */
  PRECISION("precision", "PRECISION", Decisions::precision),
  /** Recall, the sensitivity. */
  RECALL("recall", "RECALL", Decisions::recall),
  /** Specificity. */
  SPECIFICITY("specificity", "SPECIFICITY", Decisions::specificity),
  /** Correlation coefficient of Matthews. */
  MCC("mcc", "MCC", Decisions::matthews),
  /** Share of right decisions; of no table, since it says little of rare findings. */
  ACCURACY("accuracy", "ACCURACY", decisions -> decisions.confusion().accuracy());

  /** Those that tables and JSON documents list. */
  public static final List<DecisionMetric> LISTED =
      List.of(F1, PRECISION, RECALL, SPECIFICITY, MCC);

  private final String wireName;
  private final String heading;

  @SuppressWarnings("ImmutableEnumChecker") // a function without state
  private final ToDoubleFunction<Decisions> value;

  DecisionMetric(String wireName, String heading, ToDoubleFunction<Decisions> value) {
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
  public double of(Decisions scores) {
    return value.applyAsDouble(scores);
  }

  @Override
  public String toString() {
    return wireName;
  }
}
