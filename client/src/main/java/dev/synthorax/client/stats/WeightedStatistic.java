package dev.synthorax.client.stats;

/** A difference between arm and baseline that can be taken over units drawn several times. */
@FunctionalInterface
interface WeightedStatistic {
  /**
   * Returns the difference.
   *
   * @param weights how often each unit is drawn, 0 or more
   * @return NaN where these units have none, such as an AUROC of one class
   */
  double of(int[] weights);

  /** The weighted mean of the differences, rounded so that equal means are equal numbers. */
  static WeightedStatistic mean(Differences differences) {
    double[] values = differences.values();
    double unit = differences.rounding();
    return weights -> {
      double sum = 0;
      long total = 0;
      for (int i = 0; i < values.length; i++) {
        sum += weights[i] * values[i];
        total += weights[i];
      }
      return Math.rint(sum / total / unit) * unit;
    };
  }
}
