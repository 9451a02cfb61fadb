package dev.synthorax.client.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.jspecify.annotations.Nullable;

/**
 * Bootstrap over clusters: whole patients are drawn with replacement, so images of one patient are
 * never taken for independent.
 *
 * <p>The p-value inverts the percentile interval: {@code (1 + resamples at or beyond 0) / (1 +
 * resamples)}.
 *
 * @see <a href="https://doi.org/10.1080/01621459.1987.10478410">Efron: Better bootstrap confidence
 *     intervals, 1987</a>
 */
public final class ClusterBootstrap {
  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
  private static final int FEW_CLUSTERS = 20;
  private static final int MAX_REDRAWS = 100;

  private ClusterBootstrap() {}

  /** How the interval is read off the resamples. */
  public enum IntervalMethod {
    /** Quantiles of the resamples, interpolated linearly. */
    PERCENTILE,
    /** Bias-corrected and accelerated; the acceleration by the jackknife over clusters. */
    BCA;

    /** Returns the name in options and JSON. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The mean difference.
   *
   * @return without statistic, and with a warning, for one cluster or constant differences
   */
  public static TestResult ofMean(
      Differences differences,
      Clusters clusters,
      Resampling resampling,
      IntervalMethod method,
      Alternative alternative,
      double confidence) {
    String problem = differences.whyNoVariance();
    return problem.isEmpty()
        ? of(
            WeightedStatistic.mean(differences),
            clusters,
            resampling,
            method,
            alternative,
            confidence)
        : TestResult.undefined(name(clusters), differences.mean(), problem);
  }

  /** The difference of {@code statistic}. */
  static TestResult of(
      WeightedStatistic statistic,
      Clusters clusters,
      Resampling resampling,
      IntervalMethod method,
      Alternative alternative,
      double confidence) {
    int[] once = new int[clusters.units()];
    Arrays.fill(once, 1);
    double estimate = statistic.of(once);
    if (clusters.count() < 2) {
      return TestResult.undefined(
          name(clusters), estimate, "n = 1: one patient cannot be resampled; add patients");
    }
    List<String> warnings = new ArrayList<>();
    double @Nullable [] resamples = resample(statistic, clusters, resampling, warnings);
    if (resamples == null) {
      return TestResult.undefined(
          name(clusters),
          estimate,
          "most resamples of patients have one class only, so there is no bootstrap distribution;"
              + " add patients of the rarer class");
    }
    if (clusters.count() < FEW_CLUSTERS) {
      warnings.add(
          "only "
              + clusters.count()
              + " patients: bootstrap intervals are too narrow below about "
              + FEW_CLUSTERS);
    }
    Arrays.sort(resamples);
    if (resamples[0] == resamples[resamples.length - 1]) {
      return TestResult.undefined(
          name(clusters), estimate, "zero variance: all resamples give " + resamples[0]);
    }
    double tail = (1 - confidence) / 2;
    Interval interval =
        switch (method) {
          case PERCENTILE -> new Interval(quantile(resamples, tail), quantile(resamples, 1 - tail));
          case BCA -> bca(statistic, clusters, estimate, resamples, tail, warnings);
        };
    long atLeastZero = Arrays.stream(resamples).filter(value -> value >= 0).count();
    long atMostZero = Arrays.stream(resamples).filter(value -> value <= 0).count();
    double all = 1.0 + resamples.length;
    Alternative.PValues p = alternative.of((1 + atLeastZero) / all, (1 + atMostZero) / all);
    return new TestResult(
        name(clusters) + ", " + resampling.count() + " resamples of seed " + resampling.seed(),
        estimate,
        interval,
        switch (method) {
          case PERCENTILE -> "bootstrap percentile";
          case BCA -> "bootstrap BCa";
        },
        "estimate",
        estimate,
        null,
        p.chosen(),
        p.twoSided(),
        warnings);
  }

  private static String name(Clusters clusters) {
    return "bootstrap over " + clusters.count() + " patients";
  }

  private static double @Nullable [] resample(
      WeightedStatistic statistic,
      Clusters clusters,
      Resampling resampling,
      List<String> warnings) {
    SplittableRandom random = new SplittableRandom(resampling.seed());
    int[] drawn = new int[clusters.count()];
    int[] weights = new int[clusters.units()];
    double[] values = new double[resampling.count()];
    long redraws = 0;
    for (int i = 0; i < values.length; i++) {
      do {
        Arrays.fill(drawn, 0);
        for (int draw = 0; draw < drawn.length; draw++) {
          drawn[(int) Math.unsignedMultiplyHigh(random.nextLong(), drawn.length)]++;
        }
        for (int unit = 0; unit < weights.length; unit++) {
          weights[unit] = drawn[clusters.of(unit)];
        }
        values[i] = statistic.of(weights);
        redraws += Double.isNaN(values[i]) ? 1 : 0;
        if (redraws > (long) MAX_REDRAWS * values.length) {
          return null;
        }
      } while (Double.isNaN(values[i]));
    }
    if (redraws > 0) {
      warnings.add(redraws + " resamples had one class only and were drawn again");
    }
    return values;
  }

  private static @Nullable Interval bca(
      WeightedStatistic statistic,
      Clusters clusters,
      double estimate,
      double[] sorted,
      double tail,
      List<String> warnings) {
    long below = Arrays.stream(sorted).filter(value -> value < estimate).count();
    long upTo = Arrays.stream(sorted).filter(value -> value <= estimate).count();
    double bias = (below + upTo) / 2.0 / sorted.length;
    double acceleration = acceleration(statistic, clusters);
    double z0 = NORMAL.inverseCumulativeProbability(bias); // infinite at 0 and 1
    double z = NORMAL.inverseSurvivalProbability(tail);
    double lowScale = 1 - acceleration * (z0 - z);
    double highScale = 1 - acceleration * (z0 + z);
    if (!(lowScale > 0 && highScale > 0 && Double.isFinite(z0))) {
      warnings.add(
          "no BCa interval: "
              + (Double.isNaN(acceleration)
                  ? "leaving one patient out leaves one class or no variance"
                  : "the resamples are too skewed, a few patients make the difference")
              + "; --interval percentile needs no such correction");
      return null;
    }
    return new Interval(
        quantile(sorted, NORMAL.cumulativeProbability(z0 + (z0 - z) / lowScale)),
        quantile(sorted, NORMAL.cumulativeProbability(z0 + (z0 + z) / highScale)));
  }

  /** Skewness of the jackknife over clusters, over 6. */
  private static double acceleration(WeightedStatistic statistic, Clusters clusters) {
    double[] without = new double[clusters.count()];
    int[] weights = new int[clusters.units()];
    for (int left = 0; left < without.length; left++) {
      for (int unit = 0; unit < weights.length; unit++) {
        weights[unit] = clusters.of(unit) == left ? 0 : 1;
      }
      without[left] = statistic.of(weights);
    }
    double mean = Arrays.stream(without).average().orElseThrow();
    double squares = 0;
    double cubes = 0;
    for (double value : without) {
      double deviation = mean - value;
      squares += deviation * deviation;
      cubes += deviation * deviation * deviation;
    }
    return cubes / (6 * Math.pow(squares, 1.5));
  }

  /** Linear interpolation between order statistics (type 7). */
  private static double quantile(double[] sorted, double probability) {
    double position = probability * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
