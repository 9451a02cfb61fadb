package dev.synthorax.client.stats;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Upper tail of the noncentral t distribution by quadrature: with S a chi variable over the root of
 * its df, {@code P(T > t) = E[Phi(delta - t S)]}. Absolute error below 1e-12.
 */
final class NoncentralT {
  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
  private static final int NODES = 20;
  private static final int PANELS = 16;
  private static final double[] NODE = new double[NODES];
  private static final double[] WEIGHT = new double[NODES];

  /** Mass beyond the range of integration is below exp of minus this. */
  private static final double NEGLIGIBLE = 40;

  /** Where Phi goes from 0 to 1, in standard deviations about its middle. */
  private static final double[] STEP = {-10, -6, -3, 0, 3, 6, 10};

  static { // Gauss-Legendre nodes by Newton's method on the Legendre polynomial
    for (int i = 0; i < NODES; i++) {
      double x = Math.cos(Math.PI * (i + 0.75) / (NODES + 0.5));
      double slope = 1;
      for (int step = 0; step < 100; step++) {
        double previous = 1;
        double value = x;
        for (int k = 2; k <= NODES; k++) {
          double next = ((2 * k - 1) * x * value - (k - 1) * previous) / k;
          previous = value;
          value = next;
        }
        slope = NODES * (x * value - previous) / (x * x - 1);
        x -= value / slope;
        if (Math.abs(value / slope) < 1e-16) {
          break;
        }
      }
      NODE[i] = x;
      WEIGHT[i] = 2 / ((1 - x * x) * slope * slope);
    }
  }

  private NoncentralT() {}

  /** Returns {@code P(T > t)} for t above 0. */
  static double upperTail(double t, double df, double delta) {
    ChiSquaredDistribution chiSquared = ChiSquaredDistribution.of(df);
    // Laurent and Massart 2000, lemma 1: both tails of chi-square are below exp(-NEGLIGIBLE)
    double spread = 2 * Math.sqrt(df * NEGLIGIBLE);
    double low = Math.sqrt(Math.max(0, df - spread) / df);
    double high = Math.sqrt((df + spread + 2 * NEGLIGIBLE) / df);
    double[] breaks = new double[STEP.length + 2];
    breaks[0] = low;
    breaks[1] = high;
    for (int i = 0; i < STEP.length; i++) {
      breaks[i + 2] = Math.clamp((delta + STEP[i]) / t, low, high);
    }
    Arrays.sort(breaks);
    double sum = 0;
    for (int i = 1; i < breaks.length; i++) {
      double half = (breaks[i] - breaks[i - 1]) / (2 * PANELS);
      for (int panel = 0; half > 0 && panel < PANELS; panel++) {
        double middle = breaks[i - 1] + (2 * panel + 1) * half;
        for (int node = 0; node < NODES; node++) {
          double s = middle + half * NODE[node];
          double density = 2 * df * s * chiSquared.density(df * s * s);
          sum += half * WEIGHT[node] * density * NORMAL.cumulativeProbability(delta - t * s);
        }
      }
    }
    return Math.clamp(sum, 0, 1);
  }
}
