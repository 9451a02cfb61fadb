package dev.synthorax.client.stats;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Comparisons in words: what each found, and once for all what that does not show. */
final class Sentence {
  private static final int FEW_RUNS = 10;

  private Sentence() {}

  static String of(ScoreFile.Kind kind, ComparisonPlan plan, Comparison comparison, int family) {
    TestResult result = comparison.result();
    StringBuilder text = new StringBuilder();
    text.append("'").append(comparison.arm()).append("' against '").append(plan.baseline());
    text.append("' on ").append(plan.metric().wireName());
    if (!comparison.task().isEmpty()) {
      text.append(" of task '").append(comparison.task()).append("'");
    }
    text.append(": difference ").append(number(result.estimate()));
    Interval interval = result.interval();
    if (interval != null) {
      text.append(" (").append(number(100 * plan.confidence())).append(" % CI ");
      text.append(number(interval.low())).append(" to ").append(number(interval.high()));
      text.append(", ").append(result.intervalMethod()).append(")");
    }
    text.append(" over ").append(unit(kind, comparison)).append("; ");
    text.append(tails(plan.alternative())).append(' ').append(result.method());
    appendP(text, plan, result, comparison.pAdjusted(), family);
    Detectable detectable = comparison.detectable();
    if (detectable != null && detectable.difference() != null) {
      text.append(" A difference of ").append(number(detectable.difference()));
      text.append(" would be found with 80 % power.");
    }
    return text.toString();
  }

  /** Returns what limits the comparisons, each thing once. */
  static List<String> caveats(
      ScoreFile.Kind kind, ComparisonPlan plan, List<Comparison> comparisons) {
    Set<String> caveats = new LinkedHashSet<>();
    for (Comparison comparison : comparisons) {
      caveats.add("No test here shows " + limits(kind, plan, comparison) + ".");
      if (kind == ScoreFile.Kind.RUNS && comparison.n() < FEW_RUNS) {
        caveats.addAll(fewRuns(plan.test(), comparison.n()));
      }
    }
    for (Comparison comparison : comparisons) {
      if (comparison.detectable() != null) {
        caveats.add(power(plan, comparison, comparison.detectable()));
      }
    }
    if (plan.alternative() != Alternative.TWO_SIDED
        && comparisons.stream().anyMatch(comparison -> comparison.result().pValue() != null)) {
      caveats.add(
          "A one-tailed p is valid only if its direction was fixed before the data were seen.");
    }
    return List.copyOf(caveats);
  }

  private static void appendP(
      StringBuilder text,
      ComparisonPlan plan,
      TestResult result,
      @Nullable Double pAdjusted,
      int family) {
    Double p = result.pValue();
    Double statistic = result.statistic();
    if (p == null || statistic == null) {
      text.append(": no p-value.");
      return;
    }
    if (statistic != result.estimate()) {
      Double df = result.df();
      text.append(", ").append(result.statisticName());
      text.append(df == null ? "" : "(" + number(df) + ")").append(" = ").append(number(statistic));
    }
    text.append(", p ").append(pValue(p));
    if (pAdjusted == null || plan.adjustment() == Adjustment.NONE) {
      text.append(", not adjusted for the family of ").append(comparisons(family)).append('.');
    } else {
      text.append(", p ").append(pValue(pAdjusted)).append(" after ");
      text.append(plan.adjustment().words()).append(" over the family of ");
      text.append(comparisons(family)).append(" printed here.");
    }
  }

  static String comparisons(int family) {
    return family == 1 ? "1 comparison" : "all " + family + " comparisons";
  }

  private static String unit(ScoreFile.Kind kind, Comparison comparison) {
    return switch (kind) {
      case RUNS -> "n = " + comparison.n() + " training runs paired by seed";
      case IMAGES, PREDICTIONS ->
          "n = " + comparison.n() + " test images of " + comparison.clusters() + " patients";
    };
  }

  private static String tails(Alternative alternative) {
    return switch (alternative) {
      case GREATER -> "one-tailed (arm above baseline)";
      case LESS -> "one-tailed (arm below baseline)";
      case TWO_SIDED -> "two-sided";
    };
  }

  private static String limits(ScoreFile.Kind kind, ComparisonPlan plan, Comparison comparison) {
    return switch (kind) {
      case RUNS ->
          "whether other test images or patients would give the same: each run is one number, so"
              + " there is no between-image variance in it";
      case IMAGES, PREDICTIONS ->
          "whether other training runs would give the same: each arm is one set of scores, so there"
              + " is no between-seed variance in it"
              + (plan.test().keepsPatientsTogether() || comparison.n() == comparison.clusters()
                  ? ""
                  : "; images of one patient are taken for independent");
    };
  }

  private static List<String> fewRuns(PairedTest test, int n) {
    return switch (test) {
      case PairedTest.PairedT(), PairedTest.NadeauBengio _ ->
          List.of("n = " + n + " is too few to check that the differences are normal.");
      case PairedTest.Wilcoxon(), PairedTest.Permutation _ ->
          List.of(
              "With n = %d this test cannot give a one-tailed p below 1 / 2^n = %s."
                  .formatted(n, number(Math.pow(2, -n))));
      case PairedTest.Bootstrap _, PairedTest.McNemar(), PairedTest.DeLong() -> List.of();
    };
  }

  private static String power(ComparisonPlan plan, Comparison comparison, Detectable detectable) {
    return String.format(
        Locale.ROOT,
        "With n = %d a %s paired t-test at alpha = %s finds d_z = %.2f with 80 %% power, and a large"
            + " effect (d_z = 0.8) with %.0f %%.",
        comparison.n(),
        plan.alternative() == Alternative.TWO_SIDED ? "two-sided" : "one-tailed",
        number(detectable.alpha()),
        detectable.dz(),
        100 * detectable.powerForLargeEffect());
  }

  /** Six significant digits without trailing zeros. */
  static String number(double value) {
    String text = String.format(Locale.ROOT, "%.6g", value);
    return text.contains("e") || !text.contains(".")
        ? text
        : text.replaceFirst("0+$", "").replaceFirst("\\.$", "");
  }

  /** Two significant digits with their sign, as p-values are printed: {@code = 0.0031}. */
  static String pValue(double p) {
    return p < 0.0001 ? "< 0.0001" : String.format(Locale.ROOT, "= %.2g", p);
  }
}
