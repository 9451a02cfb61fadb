package dev.synthorax.training.reading;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.synthorax.training.stage.StageSettings;
import java.util.HashSet;
import java.util.List;

/**
 * Settings of a reader's training, from {@code recipe.json}.
 *
 * @param seed decides initial values, order, variation and which samples are held out
 * @param labels what the outputs stand for, in order
 * @param newHead whether the last layer starts anew where a base is given, because it stands for
 *     other labels
 * @param positiveWeights weight of what is there against what is not, for each label in order;
 *     empty: 1 each
 * @param variation of the images
 * @param heldOut samples that measure what was learned
 * @param publish which values become the model
 */
record ReaderSettings(
    long seed,
    List<String> labels,
    boolean newHead,
    long steps,
    int batchSize,
    double peakLearningRate,
    long warmupSteps,
    List<Double> positiveWeights,
    FilmVariation.Strength variation,
    Split.Settings heldOut,
    Publish publish) {
  /** Which values become the model. */
  enum Publish {
    /** Those that scored best on the held-out samples. */
    @JsonProperty("best")
    BEST,
    /** Those after the last step. */
    @JsonProperty("last")
    LAST
  }

  ReaderSettings {
    labels = List.copyOf(labels);
    positiveWeights = List.copyOf(positiveWeights);
    var _ = new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
    if (labels.isEmpty()
        || labels.stream().anyMatch(label -> label.isBlank() || label.contains("\n"))
        || new HashSet<>(labels).size() < labels.size()) {
      throw new IllegalArgumentException(
          "labels %s (expected: at least one, each a name that comes once)".formatted(labels));
    }
    if ((!positiveWeights.isEmpty() && positiveWeights.size() != labels.size())
        || positiveWeights.stream().anyMatch(each -> !(each > 0) || Double.isInfinite(each))) {
      throw new IllegalArgumentException(
          "positiveWeights %s (expected: none, or %d positive numbers, one a label)"
              .formatted(positiveWeights, labels.size()));
    }
  }

  StageSettings stage() {
    return new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
  }
}
