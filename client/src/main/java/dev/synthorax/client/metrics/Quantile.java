package dev.synthorax.client.metrics;

/** Quantiles by linear interpolation between order statistics (type 7). */
final class Quantile {
  private Quantile() {}

  /** Returns the quantile {@code parts / of}, 0..1, of ascending values. */
  static double ofSorted(double[] sorted, int parts, int of) {
    long position = (long) parts * (sorted.length - 1); // in whole numbers: a hit is that value
    int below = (int) (position / of);
    double fraction = position % of / (double) of;
    return fraction == 0
        ? sorted[below]
        : sorted[below] + fraction * (sorted[below + 1] - sorted[below]);
  }
}
