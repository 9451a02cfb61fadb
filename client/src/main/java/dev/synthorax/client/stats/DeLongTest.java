package dev.synthorax.client.stats;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * DeLong's test of two AUROCs on the same images, in O(n log n) with midranks.
 *
 * @see <a href="https://doi.org/10.2307/2531595">DeLong, DeLong and Clarke-Pearson 1988</a>
 * @see <a href="https://doi.org/10.1109/LSP.2014.2337313">Sun and Xu 2014: fast implementation</a>
 */
public final class DeLongTest {
  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
  private static final String NAME = "DeLong's test of paired AUROC";

  /** Variances below this are rounding: structural components lie in 0..1. */
  private static final double MIN_VARIANCE = 1e-20;

  private DeLongTest() {}

  /**
   * Tests that both AUROCs are equal.
   *
   * @param truth whether each image is positive; at least two of either class
   * @param arm score of each image, no NaN
   * @param baseline score of each image, no NaN
   * @param confidence of the normal interval of the difference, in (0, 1)
   * @return without statistic, and with a warning, where the difference has no variance
   * @throws IllegalArgumentException if the lengths differ or a class has fewer than two images
   */
  public static TestResult of(
      boolean[] truth,
      double[] arm,
      double[] baseline,
      Alternative alternative,
      double confidence) {
    Components first = Components.of(truth, arm);
    Components second = Components.of(truth, baseline);
    double difference = first.auroc - second.auroc;
    double variance =
        variance(first.positives, second.positives) + variance(first.negatives, second.negatives);
    if (variance <= MIN_VARIANCE) {
      return TestResult.undefined(
          NAME,
          difference,
          "zero variance: arm and baseline rank the images alike, so no test statistic exists");
    }
    double standardError = Math.sqrt(variance);
    double z = difference / standardError;
    double half = standardError * NORMAL.inverseSurvivalProbability((1 - confidence) / 2);
    Alternative.PValues p =
        alternative.of(NORMAL.cumulativeProbability(z), NORMAL.survivalProbability(z));
    return new TestResult(
        NAME,
        difference,
        new Interval(difference - half, difference + half),
        "normal, DeLong variance",
        "z",
        z,
        null,
        p.chosen(),
        p.twoSided(),
        List.of());
  }

  /** Variance of the mean of a[i] - b[i]. */
  private static double variance(double[] a, double[] b) {
    double mean = 0;
    for (int i = 0; i < a.length; i++) {
      mean += (a[i] - b[i]) / a.length;
    }
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      double deviation = a[i] - b[i] - mean;
      squares += deviation * deviation;
    }
    return squares / (a.length - 1.0) / a.length;
  }

  /** Structural components: the share of the other class that each image is ranked right of. */
  private static final class Components {
    private final double auroc;
    private final double[] positives;
    private final double[] negatives;

    private Components(double[] positives, double[] negatives) {
      this.auroc = Arrays.stream(positives).sum() / positives.length;
      this.positives = positives;
      this.negatives = negatives;
    }

    static Components of(boolean[] truth, double[] scores) {
      if (truth.length != scores.length) {
        throw new IllegalArgumentException(
            "scores: " + scores.length + " (expected: " + truth.length + ", one for each image)");
      }
      double[] positive = select(truth, scores, true);
      double[] negative = select(truth, scores, false);
      if (positive.length < 2 || negative.length < 2) {
        throw new IllegalArgumentException(
            "truth: "
                + positive.length
                + " positive and "
                + negative.length
                + " negative images (expected: at least 2 of each)");
      }
      double[] ofPositives = components(positive, negative);
      double[] ofNegatives = components(negative, positive);
      for (int i = 0; i < ofNegatives.length; i++) {
        ofNegatives[i] = 1 - ofNegatives[i];
      }
      return new Components(ofPositives, ofNegatives);
    }

    private static double[] select(boolean[] truth, double[] scores, boolean wanted) {
      double[] selected = new double[scores.length];
      int size = 0;
      for (int i = 0; i < scores.length; i++) {
        if (Double.isNaN(scores[i])) {
          throw new IllegalArgumentException("score " + i + ": NaN (expected: a number)");
        }
        if (truth[i] == wanted) {
          selected[size++] = scores[i];
        }
      }
      return Arrays.copyOf(selected, size);
    }

    /** Share of {@code others} below each of {@code values}, ties counting one half. */
    private static double[] components(double[] values, double[] others) {
      double[] sorted = others.clone();
      Arrays.sort(sorted);
      Integer[] order = new Integer[values.length];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, (i, j) -> Double.compare(values[i], values[j]));
      double[] shares = new double[values.length];
      int below = 0;
      int upTo = 0;
      for (int i : order) {
        while (below < sorted.length && sorted[below] < values[i]) {
          below++;
        }
        upTo = Math.max(upTo, below);
        while (upTo < sorted.length && sorted[upTo] <= values[i]) {
          upTo++;
        }
        shares[i] = (below + upTo) / 2.0 / sorted.length;
      }
      return shares;
    }
  }
}
