package dev.synthorax.client.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How far scores are from the frequencies they promise. Scores must be probabilities, 0..1. */
public final class Calibration {
  /** The usual number of bins. */
  public static final int BINS = 15;

  private Calibration() {}

  /** How scores are put into bins; a bin is closed above. */
  public enum Binning {
    /** Bins of equal width from 0 to 1. */
    EQUAL_WIDTH,
    /** Bins between quantiles of the scores: about as many images in each, ties kept together. */
    EQUAL_MASS
  }

  /**
   * One point of the reliability curve.
   *
   * @param low lower edge of the bin
   * @param high upper edge, included
   * @param count images in the bin, at least 1
   * @param meanScore mean of their scores
   * @param positiveRate share of them that have the label
   */
  public record Bin(double low, double high, int count, double meanScore, double positiveRate) {}

  /**
   * Mean squared error of the scores.
   *
   * @return 0..1; NaN of no image
   * @see <a href="https://doi.org/10.1175/1520-0493(1950)078%3C0001:VOFEIT%3E2.0.CO;2">Brier
   *     1950</a>
   */
  public static double brier(LabelScores label) {
    requireProbabilities(label);
    double sum = 0;
    for (int i = 0; i < label.size(); i++) {
      double error = label.scores()[i] - (label.truth()[i] ? 1 : 0);
      sum += error * error;
    }
    return sum / label.size();
  }

  /** Returns the bins that hold images, ascending. */
  public static List<Bin> reliability(LabelScores label, Binning binning, int bins) {
    requireProbabilities(label);
    if (bins < 1) {
      throw new IllegalArgumentException("bins: " + bins + " (expected: >= 1)");
    }
    if (label.size() == 0) {
      return List.of();
    }
    double[] edges = edges(label.scores(), binning, bins);
    int[] counts = new int[bins];
    double[] scores = new double[bins];
    int[] positives = new int[bins];
    for (int i = 0; i < label.size(); i++) {
      int bin = 0;
      while (bin < bins - 1 && edges[bin + 1] < label.scores()[i]) {
        bin++;
      }
      counts[bin]++;
      scores[bin] += label.scores()[i];
      positives[bin] += label.truth()[i] ? 1 : 0;
    }
    List<Bin> curve = new ArrayList<>();
    for (int bin = 0; bin < bins; bin++) {
      if (counts[bin] > 0) {
        curve.add(
            new Bin(
                edges[bin],
                edges[bin + 1],
                counts[bin],
                scores[bin] / counts[bin],
                positives[bin] / (double) counts[bin]));
      }
    }
    return curve;
  }

  private static double[] edges(double[] scores, Binning binning, int bins) {
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    double[] edges = new double[bins + 1];
    for (int i = 0; i <= bins; i++) {
      edges[i] =
          switch (binning) {
            case EQUAL_WIDTH -> i == bins ? 1 : i * (1.0 / bins);
            case EQUAL_MASS -> Quantile.ofSorted(sorted, i, bins);
          };
    }
    return edges;
  }

  /**
   * Expected calibration error: mean over images of |mean score - positive rate| of their bin.
   *
   * @return 0..1; NaN of no image
   * @see <a href="https://arxiv.org/abs/1706.04599">Guo et al. 2017</a>
   */
  public static double expectedError(LabelScores label, Binning binning, int bins) {
    double sum = 0;
    for (Bin bin : reliability(label, binning, bins)) {
      sum += bin.count() * Math.abs(bin.meanScore() - bin.positiveRate());
    }
    return sum / label.size();
  }

  private static void requireProbabilities(LabelScores label) {
    if (!label.areProbabilities()) {
      throw new IllegalArgumentException(
          label.label() + ": scores outside 0..1 (expected: probabilities)");
    }
  }
}
