package dev.synthorax.client.metrics;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a number measures: one of the catalogue, which commands, JSON documents, tables and reports
 * share, or a name that a file of runs gave.
 */
public sealed interface Metric
    permits MaskMetric,
        LabelMetric,
        DecisionMetric,
        CalibrationMetric,
        FidelityMetric,
        Metric.Named {
  /** Returns the name that people type, and that files and JSON documents have: {@code dice}. */
  String wireName();

  /** Returns what stands over it, or before it, in a table: {@code DICE}. */
  String heading();

  /**
   * Returns the metric of masks or labels that is called {@code name}; of another name one that
   * nothing else is known of.
   */
  static Metric of(String name) {
    return Stream.<List<? extends Metric>>of(
            List.of(MaskMetric.values()),
            List.of(LabelMetric.values()),
            List.of(DecisionMetric.values()),
            List.of(CalibrationMetric.values()))
        .flatMap(List::stream)
        .map(Metric.class::cast)
        .filter(metric -> metric.wireName().equals(name))
        .findFirst()
        .orElseGet(() -> new Named(name));
  }

  /**
   * A metric beyond the catalogue, such as one of a trainer's own.
   *
   * @param wireName its name
   */
  record Named(String wireName) implements Metric {
    @Override
    public String heading() {
      return wireName;
    }

    @Override
    public String toString() {
      return wireName;
    }
  }
}
