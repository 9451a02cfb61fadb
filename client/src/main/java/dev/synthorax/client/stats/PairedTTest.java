package dev.synthorax.client.stats;

import java.util.List;

/**
 * Paired t-test: {@code t = mean / (s / sqrt(n))} with n - 1 degrees of freedom, and the two-sided
 * confidence interval {@code mean +- t(1 - alpha / 2) s / sqrt(n)}.
 *
 * <p>The corrected resampled form replaces 1 / n by {@code 1 / n + nTest / nTrain}, since training
 * sets that overlap make the plain variance too small.
 *
 * @see <a href="https://doi.org/10.1023/A:1024068626366">Nadeau and Bengio: Inference for the
 *     generalization error, 2003</a>
 */
public final class PairedTTest {
  private static final String PLAIN = "paired t-test";
  private static final String CORRECTED = "Nadeau-Bengio corrected resampled t-test";

  private PairedTTest() {}

  /**
   * Tests that the mean difference is zero.
   *
   * @param confidence of the interval, in (0, 1)
   * @return without statistic, and with a warning, for one pair or constant differences
   */
  public static TestResult of(Differences differences, Alternative alternative, double confidence) {
    return of(PLAIN, differences, 0, alternative, confidence);
  }

  /**
   * The corrected resampled t-test of J resamples or cross-validation folds.
   *
   * @param testTrainRatio test images over training images in each resample, above 0; 1 / (k - 1)
   *     for k-fold cross-validation
   * @param confidence of the interval, in (0, 1)
   * @return without statistic, and with a warning, for one pair or constant differences
   */
  public static TestResult corrected(
      Differences differences, double testTrainRatio, Alternative alternative, double confidence) {
    if (!(testTrainRatio > 0 && Double.isFinite(testTrainRatio))) {
      throw new IllegalArgumentException(
          "test-train ratio: " + testTrainRatio + " (expected: > 0, such as 0.25)");
    }
    return of(CORRECTED, differences, testTrainRatio, alternative, confidence);
  }

  private static TestResult of(
      String method,
      Differences differences,
      double extraVariance,
      Alternative alternative,
      double confidence) {
    String problem = differences.whyNoVariance();
    if (!problem.isEmpty()) {
      return TestResult.undefined(method, differences.mean(), problem);
    }
    double standardError =
        differences.standardDeviation() * Math.sqrt(1.0 / differences.n() + extraVariance);
    double df = differences.n() - 1.0;
    StudentT distribution = new StudentT(df);
    double t = differences.mean() / standardError;
    Alternative.PValues p = alternative.of(distribution.lowerTail(t), distribution.upperTail(t));
    return new TestResult(
        method,
        differences.mean(),
        interval(differences.mean(), standardError, distribution, confidence),
        extraVariance == 0 ? "Student t" : "Student t with the corrected variance",
        "t",
        t,
        df,
        p.chosen(),
        p.twoSided(),
        List.of());
  }

  /** The plain t interval of the mean, for tests that have none of their own. */
  static Interval interval(Differences differences, double confidence) {
    return interval(
        differences.mean(),
        differences.standardDeviation() / Math.sqrt(differences.n()),
        new StudentT(differences.n() - 1.0),
        confidence);
  }

  private static Interval interval(
      double mean, double standardError, StudentT distribution, double confidence) {
    double half = standardError * distribution.quantileOfUpperTail((1 - confidence) / 2);
    return new Interval(mean - half, mean + half);
  }
}
