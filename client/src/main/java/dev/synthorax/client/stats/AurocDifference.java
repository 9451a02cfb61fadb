package dev.synthorax.client.stats;

import java.util.Arrays;

/** Difference of two AUROCs over weighted images, in O(n) a time: the orders are kept. */
final class AurocDifference implements WeightedStatistic {
  private final Ranking arm;
  private final Ranking baseline;

  AurocDifference(boolean[] truth, double[] arm, double[] baseline) {
    this.arm = new Ranking(truth, arm);
    this.baseline = new Ranking(truth, baseline);
  }

  @Override
  public double of(int[] weights) {
    return arm.auroc(weights) - baseline.auroc(weights);
  }

  /** Returns the AUROC of {@code scores}, each image drawn {@code weights} times. */
  static double auroc(boolean[] truth, double[] scores, int[] weights) {
    return new Ranking(truth, scores).auroc(weights);
  }

  private static final class Ranking {
    private final int[] ascending;
    private final boolean[] truth;
    private final double[] scores;

    Ranking(boolean[] truth, double[] scores) {
      this.truth = truth.clone();
      this.scores = scores.clone();
      Integer[] order = new Integer[scores.length];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, (i, j) -> Double.compare(scores[i], scores[j]));
      ascending = Arrays.stream(order).mapToInt(i -> i).toArray();
    }

    double auroc(int[] weights) {
      long negativesBelow = 0;
      long positives = 0;
      long doubledWins = 0;
      for (int i = 0; i < ascending.length; ) {
        long tiedPositives = 0;
        long tiedNegatives = 0;
        double score = scores[ascending[i]];
        for (; i < ascending.length && scores[ascending[i]] == score; i++) {
          int unit = ascending[i];
          if (truth[unit]) {
            tiedPositives += weights[unit];
          } else {
            tiedNegatives += weights[unit];
          }
        }
        doubledWins += tiedPositives * (2 * negativesBelow + tiedNegatives);
        negativesBelow += tiedNegatives;
        positives += tiedPositives;
      }
      return doubledWins / 2.0 / ((double) positives * negativesBelow);
    }
  }
}
