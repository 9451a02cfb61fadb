package dev.synthorax.client.metrics;

import java.util.Arrays;

/** Walks the thresholds of one label from the highest score down, ties in one step. */
final class ThresholdSweep {
  private ThresholdSweep() {}

  /** Sees each distinct threshold with the counts of the images that reach it. */
  @FunctionalInterface
  interface Visitor {
    void at(double threshold, long truePositives, long falsePositives);
  }

  static void descending(LabelScores label, Visitor visitor) {
    double[] scores = label.scores();
    boolean[] truth = label.truth();
    Integer[] order = new Integer[scores.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (i, j) -> Double.compare(scores[j], scores[i]));
    long truePositives = 0;
    long falsePositives = 0;
    for (int rank = 0; rank < order.length; rank++) {
      int image = order[rank];
      truePositives += truth[image] ? 1 : 0;
      falsePositives += truth[image] ? 0 : 1;
      if (rank + 1 == order.length || scores[order[rank + 1]] != scores[image]) {
        visitor.at(scores[image], truePositives, falsePositives);
      }
    }
  }
}
