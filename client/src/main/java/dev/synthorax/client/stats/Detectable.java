package dev.synthorax.client.stats;

import org.jspecify.annotations.Nullable;

/**
 * What so many pairs can find at all, by the paired t-test.
 *
 * @param alpha per comparison, at the strictest step of the adjustment
 * @param dz smallest effect found with a chance of {@value #POWER}
 * @param difference the same in units of the metric, by the observed standard deviation; null where
 *     that is 0
 * @param powerForLargeEffect chance of finding Cohen's large effect, d_z = {@value #LARGE}
 */
public record Detectable(
    double alpha, double dz, @Nullable Double difference, double powerForLargeEffect) {
  /** The usual power of a planned study. */
  public static final double POWER = 0.8;

  /** Cohen's large effect. */
  public static final double LARGE = 0.8;

  /** Returns null for a single pair. */
  static @Nullable Detectable of(Differences differences, double alpha, Alternative alternative) {
    if (differences.n() < 2) {
      return null;
    }
    double dz = TTestPower.minimumDetectableEffect(differences.n(), POWER, alpha, alternative);
    double large = alternative == Alternative.LESS ? -LARGE : LARGE;
    return new Detectable(
        alpha,
        dz,
        differences.whyNoVariance().isEmpty() ? dz * differences.standardDeviation() : null,
        TTestPower.power(differences.n(), large, alpha, alternative));
  }
}
