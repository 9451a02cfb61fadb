package dev.synthorax.client.stats;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one paired test found. Parts that do not exist (no variance, one pair) are null, never NaN,
 * and then a warning says why.
 *
 * @param method the test as it was run, in words, with its exact or approximate form
 * @param estimate arm minus baseline: mean difference, or difference of AUROC
 * @param interval two-sided confidence interval of {@code estimate}
 * @param intervalMethod how {@code interval} was made
 * @param statisticName symbol of {@code statistic}: t, W+, z, chi2, b
 * @param statistic the test statistic
 * @param df degrees of freedom, where the statistic has them
 * @param pValue of the alternative asked for
 * @param pValueTwoSided of the two-sided alternative
 * @param warnings what the reader must know, one line each
 */
public record TestResult(
    String method,
    double estimate,
    @Nullable Interval interval,
    String intervalMethod,
    String statisticName,
    @Nullable Double statistic,
    @Nullable Double df,
    @Nullable Double pValue,
    @Nullable Double pValueTwoSided,
    List<String> warnings) {
  /** Copies the warnings. */
  public TestResult {
    warnings = List.copyOf(warnings);
  }

  /** A result without statistic, interval and p-value. */
  static TestResult undefined(String method, double estimate, String warning) {
    return new TestResult(
        method, estimate, null, "none", "none", null, null, null, null, List.of(warning));
  }

  /** This result with one more warning. */
  TestResult withWarning(String warning) {
    List<String> more = new ArrayList<>(warnings);
    more.add(warning);
    return new TestResult(
        method,
        estimate,
        interval,
        intervalMethod,
        statisticName,
        statistic,
        df,
        pValue,
        pValueTwoSided,
        more);
  }
}
