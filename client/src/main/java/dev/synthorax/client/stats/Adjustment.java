package dev.synthorax.client.stats;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Adjustment of p-values for a family of comparisons. The p-values are adjusted, not alpha: compare
 * the result with alpha itself.
 */
public enum Adjustment {
  /** {@code min(1, m p)}: the chance of any false finding stays below alpha. */
  BONFERRONI("Bonferroni"),
  /**
   * Step-down Bonferroni, as strict and uniformly more powerful.
   *
   * @see <a href="https://www.jstor.org/stable/4615733">Holm 1979</a>
   */
  HOLM("Holm"),
  /**
   * Benjamini-Hochberg step-up: the expected share of false findings among the findings.
   *
   * @see <a href="https://doi.org/10.1111/j.2517-6161.1995.tb02031.x">Benjamini, Hochberg 1995</a>
   */
  BH("Benjamini-Hochberg"),
  /** No adjustment. */
  NONE("no adjustment");

  private final String words;

  Adjustment(String words) {
    this.words = words;
  }

  /** Returns the name in options and JSON. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the name in a sentence. */
  public String words() {
    return words;
  }

  /** Returns the per-comparison alpha that the strictest step of this adjustment asks for. */
  double strictestAlpha(double alpha, int family) {
    return switch (this) {
      case BONFERRONI, HOLM, BH -> alpha / family;
      case NONE -> alpha;
    };
  }

  /**
   * Adjusts a family.
   *
   * @param pValues one for each comparison; null where a comparison has none: it still counts in
   *     the size of the family, as if it were 1
   * @return adjusted p-values in the same places, null where the p-value is
   */
  public @Nullable Double[] adjust(@Nullable Double[] pValues) {
    int m = pValues.length;
    double[] p = new double[m];
    Integer[] ascending = new Integer[m];
    for (int i = 0; i < m; i++) {
      Double value = pValues[i];
      p[i] = value == null ? 1 : value;
      ascending[i] = i;
      if (!(p[i] >= 0 && p[i] <= 1)) {
        throw new IllegalArgumentException("p-value: " + p[i] + " (expected: 0..1)");
      }
    }
    Arrays.sort(ascending, (i, j) -> Double.compare(p[i], p[j]));
    double[] adjusted =
        switch (this) {
          case NONE -> p;
          case BONFERRONI -> Arrays.stream(p).map(value -> Math.min(1, m * value)).toArray();
          case HOLM -> stepDown(p, ascending);
          case BH -> stepUp(p, ascending);
        };
    @Nullable Double[] result = new Double[m];
    for (int i = 0; i < m; i++) {
      result[i] = pValues[i] == null ? null : adjusted[i];
    }
    return result;
  }

  private static double[] stepDown(double[] p, Integer[] ascending) {
    double[] adjusted = new double[p.length];
    double largest = 0;
    for (int rank = 0; rank < p.length; rank++) {
      largest = Math.max(largest, Math.min(1, (p.length - rank) * p[ascending[rank]]));
      adjusted[ascending[rank]] = largest;
    }
    return adjusted;
  }

  private static double[] stepUp(double[] p, Integer[] ascending) {
    double[] adjusted = new double[p.length];
    double smallest = 1;
    for (int rank = p.length - 1; rank >= 0; rank--) {
      smallest = Math.min(smallest, p.length * p[ascending[rank]] / (rank + 1.0));
      adjusted[ascending[rank]] = smallest;
    }
    return adjusted;
  }
}
