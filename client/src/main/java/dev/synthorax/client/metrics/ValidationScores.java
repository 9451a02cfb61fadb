package dev.synthorax.client.metrics;

import java.util.List;

/**
 * Scores of validation images: the only thing that {@link Thresholds} can be chosen on.
 *
 * @param labels each label once
 */
public record ValidationScores(List<LabelScores> labels) {
  /** Copies and checks the labels. */
  public ValidationScores {
    labels = List.copyOf(labels);
    TestScores.requireDistinct(labels);
  }
}
