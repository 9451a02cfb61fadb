package dev.synthorax.training.stage;

/**
 * Numbers of a stage that learns.
 *
 * @param steps updates
 * @param batchSize samples of an update
 * @param peakLearningRate highest rate
 * @param warmupSteps updates until it
 */
public record StageSettings(long steps, int batchSize, double peakLearningRate, long warmupSteps) {
  public StageSettings {
    if (steps < 1 || batchSize < 1) {
      throw new IllegalArgumentException(
          "steps %d, batchSize %d (expected: at least 1)".formatted(steps, batchSize));
    }
    var _ = new LearningRate(peakLearningRate, warmupSteps, steps);
  }

  /** The rate of each step. */
  public LearningRate rate() {
    return new LearningRate(peakLearningRate, warmupSteps, steps);
  }

  /** These, and what every stage that learns has in common. */
  public Identity identify(Identity before, String name) {
    return before
        .withRecord(name, this)
        .withRecord("learningRate", LearningRate.Shape.DEFAULT)
        .withRecord("optimizer", FlatOptimizer.Settings.DEFAULT);
  }
}
