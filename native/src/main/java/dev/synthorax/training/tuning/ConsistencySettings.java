package dev.synthorax.training.tuning;

import dev.synthorax.training.stage.StageSettings;

/**
 * Settings of a distillation, from {@code recipe.json}.
 *
 * @param seed decides order and noise
 * @param guidanceScale that the teacher samples with; the student needs none
 * @param originalInferenceSteps time steps that are distilled, evenly spaced; the teacher goes from
 *     one to the next in one step of DDIM
 * @param numInferenceSteps default of the finished model
 * @param timestepScaling of the boundary: time steps are multiplied by it
 * @param targetDecay of the average that the student's targets come from
 * @param huber the loss is squared below about this difference, absolute above
 * @param drop how often the rows go without a condition
 */
record ConsistencySettings(
    long seed,
    long steps,
    int batchSize,
    double peakLearningRate,
    long warmupSteps,
    double guidanceScale,
    int originalInferenceSteps,
    int numInferenceSteps,
    double timestepScaling,
    double targetDecay,
    double huber,
    Conditions.Drop drop) {
  ConsistencySettings {
    var _ = new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
    if (!(guidanceScale >= 0 && guidanceScale <= 30)) {
      throw new IllegalArgumentException(
          "guidanceScale: " + guidanceScale + " (expected: 0 to 30; 1: no guidance)");
    }
    if (originalInferenceSteps < 1
        || numInferenceSteps < 1
        || numInferenceSteps > originalInferenceSteps) {
      throw new IllegalArgumentException(
          "numInferenceSteps %d, originalInferenceSteps %d (expected: at least 1, the first at most the second)"
              .formatted(numInferenceSteps, originalInferenceSteps));
    }
    if (!(targetDecay >= 0 && targetDecay < 1) || !(huber > 0)) {
      throw new IllegalArgumentException(
          "targetDecay %s, huber %s (expected: at least 0 and below 1; above 0)"
              .formatted(targetDecay, huber));
    }
  }

  StageSettings stage() {
    return new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
  }
}
