package dev.synthorax.client.stats;

import org.jspecify.annotations.Nullable;

/**
 * Standardised mean difference of pairs.
 *
 * @param dz Cohen's d_z, mean over standard deviation of the differences
 * @param hedges d_z with Hedges' small-sample factor {@code 1 - 3 / (4 df - 1)}; null for n = 2,
 *     where the factor is 0
 * @see <a href="https://doi.org/10.3389/fpsyg.2013.00863">Lakens 2013, on d_z</a>
 * @see <a href="https://doi.org/10.3102/10769986006002107">Hedges 1981</a>
 */
public record EffectSize(double dz, @Nullable Double hedges) {
  /** Returns the effect size, or null where the differences have no variance. */
  public static @Nullable EffectSize of(Differences differences) {
    if (!differences.whyNoVariance().isEmpty()) {
      return null;
    }
    double dz = differences.mean() / differences.standardDeviation();
    int df = differences.n() - 1;
    return new EffectSize(dz, df < 2 ? null : dz * (1 - 3.0 / (4.0 * df - 1)));
  }
}
