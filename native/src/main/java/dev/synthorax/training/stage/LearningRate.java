package dev.synthorax.training.stage;

/**
 * Linear warm-up, then a cosine down to a tenth of the peak.
 *
 * @param peak highest rate
 * @param warmupSteps steps until the peak
 * @param totalSteps steps until the end of the cosine; later steps keep its last value
 */
public record LearningRate(double peak, long warmupSteps, long totalSteps) {
  /**
   * Of the curve.
   *
   * @param floor the last rate, as a share of the peak
   */
  public record Shape(double floor) {
    public static final Shape DEFAULT = new Shape(0.1);
  }

  public LearningRate {
    if (!(peak > 0) || warmupSteps < 0 || totalSteps < 1) {
      throw new IllegalArgumentException(
          "peak %s, warmupSteps %d, totalSteps %d (expected: positive, >= 0, >= 1)"
              .formatted(peak, warmupSteps, totalSteps));
    }
  }

  /** The rate of a step, counted from 0. */
  public double at(long step) {
    if (step < warmupSteps) {
      return peak * (step + 1) / warmupSteps;
    }
    double progress =
        Math.min(1, (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
    double floor = Shape.DEFAULT.floor();
    return peak * (floor + (1 - floor) * 0.5 * (1 + StrictMath.cos(StrictMath.PI * progress)));
  }
}
