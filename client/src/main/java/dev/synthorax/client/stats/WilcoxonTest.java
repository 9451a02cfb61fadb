package dev.synthorax.client.stats;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.PValueMethod;
import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;

/**
 * Wilcoxon signed-rank test; zeros are ranked and then left out (Pratt). Exact for up to {@value
 * #MAX_EXACT_N} pairs without ties or zeros, and for up to {@value
 * PermutationTest#MAX_EXACT_CLUSTERS} with them, by counting sign flips; else the normal
 * approximation with tie and continuity corrections.
 *
 * @see <a href="https://doi.org/10.2307/3001968">Wilcoxon 1945</a>
 * @see <a href="https://doi.org/10.1080/01621459.1959.10501526">Pratt 1959, on zeros</a>
 */
public final class WilcoxonTest {
  private static final int MAX_EXACT_N = 50;
  private static final String NAME = "Wilcoxon signed-rank test";

  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
  private static final double CONTINUITY = 0.5;

  private WilcoxonTest() {}

  /**
   * Tests that the differences are symmetric about zero.
   *
   * @param confidence of the interval of the mean difference, in (0, 1)
   * @return its method says whether it is exact; without statistic, and with a warning, for one
   *     pair or where every difference is zero
   */
  public static TestResult of(Differences differences, Alternative alternative, double confidence) {
    double[] values = differences.values();
    boolean noneNonzero = true;
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i]) <= differences.rounding() ? 0 : values[i];
      noneNonzero &= values[i] == 0;
    }
    if (noneNonzero || values.length == 1) {
      return TestResult.undefined(NAME, differences.mean(), differences.whyNoVariance());
    }
    double[] ranks = signedMidranks(values);
    String irregular = irregular(values, ranks);
    String form;
    Alternative.PValues p;
    if (irregular.isEmpty() && values.length <= MAX_EXACT_N) {
      form = "exact";
      p = exact(values, alternative);
    } else if (values.length <= PermutationTest.MAX_EXACT_CLUSTERS) {
      form = "exact over all sign flips of the midranks (" + irregular + ")";
      p = PermutationTest.exact(ranks, 0, alternative);
    } else {
      form =
          "normal approximation with tie and continuity corrections ("
              + (irregular.isEmpty() ? "n = " + values.length : irregular)
              + ")";
      p = approximate(ranks, alternative);
    }
    boolean constant = !differences.whyNoVariance().isEmpty();
    return new TestResult(
        NAME + ", " + form,
        differences.mean(),
        constant ? null : PairedTTest.interval(differences, confidence),
        constant ? "none" : "Student t of the mean difference, not an inversion of the test",
        "W+",
        Arrays.stream(ranks).filter(rank -> rank > 0).sum(),
        null,
        p.chosen(),
        p.twoSided(),
        constant
            ? List.of("all differences are equal: the mean has no confidence interval")
            : List.of());
  }

  /** Ranks of the absolute values, ties sharing their mean, with the signs of the values. */
  private static double[] signedMidranks(double[] values) {
    double[] sorted = Arrays.stream(values).map(Math::abs).sorted().toArray();
    Map<Double, Double> midranks = new HashMap<>();
    for (int first = 0; first < sorted.length; ) {
      int last = first;
      while (last + 1 < sorted.length && sorted[last + 1] == sorted[first]) {
        last++;
      }
      midranks.put(sorted[first], (first + last) / 2.0 + 1);
      first = last + 1;
    }
    return Arrays.stream(values)
        .map(value -> Math.signum(value) * midranks.getOrDefault(Math.abs(value), 0.0))
        .toArray();
  }

  /** Says whether there are zeros, and ties among the others. */
  private static String irregular(double[] values, double[] ranks) {
    long zeros = Arrays.stream(values).filter(value -> value == 0).count();
    long distinct =
        Arrays.stream(ranks).filter(rank -> rank != 0).map(Math::abs).distinct().count();
    boolean ties = distinct < values.length - zeros;
    return zeros > 0 && ties ? "ties and zeros" : zeros > 0 ? "zeros" : ties ? "ties" : "";
  }

  private static Alternative.PValues exact(double[] values, Alternative alternative) {
    WilcoxonSignedRankTest test = WilcoxonSignedRankTest.withDefaults().with(PValueMethod.EXACT);
    return alternative.of(
        test.with(AlternativeHypothesis.LESS_THAN).test(values).getPValue(),
        test.with(AlternativeHypothesis.GREATER_THAN).test(values).getPValue());
  }

  /** W+ sums each rank with probability one half: that is its mean and variance, ties or not. */
  private static Alternative.PValues approximate(double[] ranks, Alternative alternative) {
    double centred = 0;
    double variance = 0;
    for (double rank : ranks) {
      centred += rank / 2;
      variance += rank * rank / 4;
    }
    double deviation = Math.sqrt(variance);
    return alternative.of(
        NORMAL.cumulativeProbability((centred + CONTINUITY) / deviation),
        NORMAL.survivalProbability((centred - CONTINUITY) / deviation));
  }
}
