package dev.synthorax.client.stats;

import org.apache.commons.statistics.distribution.TDistribution;

/** Student's t distribution with {@code df} degrees of freedom: tails and quantiles. */
final class StudentT {
  private static final int NEWTON_STEPS = 3;

  private final TDistribution distribution;

  StudentT(double df) {
    distribution = TDistribution.of(df);
  }

  double lowerTail(double t) {
    return distribution.cumulativeProbability(t);
  }

  double upperTail(double t) {
    return distribution.survivalProbability(t);
  }

  /** Returns the t with {@code upperTail} above it, to double precision. */
  double quantileOfUpperTail(double upperTail) {
    double t = distribution.inverseSurvivalProbability(upperTail); // good to 1e-9
    for (int step = 0; step < NEWTON_STEPS; step++) {
      t += (distribution.survivalProbability(t) - upperTail) / distribution.density(t);
    }
    return t;
  }
}
