package dev.synthorax.client.metrics;

import java.util.List;
import java.util.function.Predicate;

/**
 * Scores of test images: what results are computed on. No threshold can be made of them.
 *
 * @param labels each label once
 */
public record TestScores(List<LabelScores> labels) {
  /** Copies and checks the labels. */
  public TestScores {
    labels = List.copyOf(labels);
    requireDistinct(labels);
  }

  static void requireDistinct(List<LabelScores> labels) {
    long distinct = labels.stream().map(LabelScores::label).distinct().count();
    if (labels.isEmpty() || distinct < labels.size()) {
      throw new IllegalArgumentException(
          "labels: "
              + labels.stream().map(LabelScores::label).toList()
              + " (expected: at least one, each once)");
    }
  }

  /** Returns the images that {@code wanted} accepts, of every label. */
  public TestScores where(Predicate<String> wanted) {
    return new TestScores(labels.stream().map(label -> label.where(wanted)).toList());
  }
}
