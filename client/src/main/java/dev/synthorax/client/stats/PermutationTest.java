package dev.synthorax.client.stats;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Paired permutation test of the mean difference: swapping arm and baseline flips the sign of a
 * difference. All units of a cluster (all images of a patient) are flipped together.
 *
 * <p>With up to {@value #MAX_EXACT_CLUSTERS} clusters every flip is counted; beyond, random flips
 * with {@code p = (1 + count) / (1 + resamples)}, which is valid and never 0.
 *
 * @see <a href="https://doi.org/10.2202/1544-6115.1585">Phipson and Smyth: Permutation p-values
 *     should never be zero, 2010</a>
 */
public final class PermutationTest {
  static final int MAX_EXACT_CLUSTERS = 20;
  private static final String NAME = "paired permutation test";

  private PermutationTest() {}

  /**
   * Tests that arm and baseline can be swapped within every cluster.
   *
   * @param clusters which cluster each difference belongs to, numbered 0, 1, ... without gaps
   * @param resampling used beyond {@value #MAX_EXACT_CLUSTERS} clusters
   * @param confidence of the interval of the mean difference, in (0, 1)
   * @return without p-value, and with a warning, for a single pair
   */
  public static TestResult of(
      Differences differences,
      Clusters clusters,
      Resampling resampling,
      Alternative alternative,
      double confidence) {
    if (clusters.count() == 1) {
      return TestResult.undefined(
          NAME,
          differences.mean(),
          differences.n() == 1
              ? differences.whyNoVariance()
              : "one cluster: nothing can be permuted; add patients");
    }
    double[] sums = clusters.sums(differences.values());
    boolean exact = sums.length <= MAX_EXACT_CLUSTERS;
    double tolerance = differences.rounding() * differences.n();
    Alternative.PValues p =
        exact
            ? exact(sums, tolerance, alternative)
            : random(sums, tolerance, resampling, alternative);
    boolean interval = clusters.areSingletons() && differences.whyNoVariance().isEmpty();
    return new TestResult(
        NAME
            + (exact
                ? ", exact over all " + (1 << sums.length) + " sign flips"
                : ", " + resampling.count() + " random sign flips of seed " + resampling.seed()),
        differences.mean(),
        interval ? PairedTTest.interval(differences, confidence) : null,
        interval ? "Student t of the mean difference, not an inversion of the test" : "none",
        "mean difference",
        differences.mean(),
        null,
        p.chosen(),
        p.twoSided(),
        interval
            ? List.of()
            : List.of(
                "no confidence interval: "
                    + (clusters.areSingletons()
                        ? "all differences are equal"
                        : "patients have several images; the bootstrap test gives one")));
  }

  /** Tails of the sum over all sign flips, in Gray code order: one sign changes at a time. */
  static Alternative.PValues exact(double[] sums, double tolerance, Alternative alternative) {
    double observed = 0;
    for (double sum : sums) {
      observed += sum;
    }
    long atLeast = 0;
    long atMost = 0;
    int flips = 1 << sums.length;
    boolean[] flipped = new boolean[sums.length];
    double total = observed;
    for (int i = 1; ; i++) {
      atLeast += total >= observed - tolerance ? 1 : 0;
      atMost += total <= observed + tolerance ? 1 : 0;
      if (i == flips) {
        return alternative.of((double) atMost / flips, (double) atLeast / flips);
      }
      int bit = Integer.numberOfTrailingZeros(i);
      flipped[bit] = !flipped[bit];
      total += flipped[bit] ? -2 * sums[bit] : 2 * sums[bit];
    }
  }

  private static Alternative.PValues random(
      double[] sums, double tolerance, Resampling resampling, Alternative alternative) {
    double observed = 0;
    for (double sum : sums) {
      observed += sum;
    }
    SplittableRandom random = new SplittableRandom(resampling.seed());
    long atLeast = 0;
    long atMost = 0;
    for (int i = 0; i < resampling.count(); i++) {
      double total = 0;
      long bits = 0;
      for (int c = 0; c < sums.length; c++) {
        if ((c & 63) == 0) {
          bits = random.nextLong();
        }
        total += (bits & 1) == 0 ? sums[c] : -sums[c];
        bits >>>= 1;
      }
      atLeast += total >= observed - tolerance ? 1 : 0;
      atMost += total <= observed + tolerance ? 1 : 0;
    }
    double all = 1.0 + resampling.count();
    return alternative.of((1 + atMost) / all, (1 + atLeast) / all);
  }
}
