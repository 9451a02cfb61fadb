package dev.synthorax.training.tuning;

import dev.synthorax.training.stage.StageSettings;
import java.util.List;

/**
 * Settings of a tuning by preferences, from {@code recipe.json}.
 *
 * @param seed decides order and noise
 * @param batchSize pairs of an update
 * @param learn folders of the networks that learn: {@code unet}, {@code controlnet}
 * @param beta how strongly the base holds: larger, closer to it
 * @param scoreWeighted whether each image's part is weighted by its score, as a share of the best;
 *     otherwise the order alone counts
 */
record PreferenceSettings(
    long seed,
    long steps,
    int batchSize,
    double peakLearningRate,
    long warmupSteps,
    List<String> learn,
    double beta,
    boolean scoreWeighted) {
  PreferenceSettings {
    learn = List.copyOf(learn);
    var _ = new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
    if (!(beta > 0) || Double.isInfinite(beta)) {
      throw new IllegalArgumentException("beta: " + beta + " (expected: above 0)");
    }
  }

  StageSettings stage() {
    return new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
  }
}
