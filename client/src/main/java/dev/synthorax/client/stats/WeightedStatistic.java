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

  /** The weighted mean of {@code differences}. */
  static WeightedStatistic mean(double[] differences) {
    return weights -> {
      double sum = 0;
      long total = 0;
      for (int i = 0; i < differences.length; i++) {
        sum += weights[i] * differences[i];
        total += weights[i];
      }
      return sum / total;
    };
  }
}
