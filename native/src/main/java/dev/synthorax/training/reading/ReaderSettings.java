package dev.synthorax.training.reading;

import dev.synthorax.training.stage.StageSettings;
import java.util.List;

/**
 * Settings of a reader's training, from {@code recipe.json}.
 *
 * @param seed decides initial values, order and variation
 * @param labels what the outputs stand for, in order
 */
record ReaderSettings(
    long seed,
    List<String> labels,
    long steps,
    int batchSize,
    double peakLearningRate,
    long warmupSteps) {
  ReaderSettings {
    labels = List.copyOf(labels);
    var _ = new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
  }

  StageSettings stage() {
    return new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
  }
}
