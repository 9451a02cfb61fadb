package dev.synthorax.client.stats;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A comparison in words. */
final class Sentence {
  private static final int FEW_RUNS = 10;

  private Sentence() {}

  static String of(ScoreFile.Kind kind, ComparisonPlan plan, Comparison comparison, int family) {
    TestResult result = comparison.result();
    StringBuilder text = new StringBuilder();
    text.append("'").append(comparison.arm()).append("' against '").append(plan.baseline());
    text.append("' on ").append(plan.metric());
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
    text.append(" It does not show ").append(limits(kind, plan, comparison)).append('.');
    appendDetectable(text, plan, comparison);
    if (plan.alternative() != Alternative.TWO_SIDED && result.pValue() != null) {
      text.append(" A one-tailed p is valid only if its direction was fixed before the data were");
      text.append(" seen.");
    }
    return text.toString();
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
      text.append(": no p-value");
      text.append(result.warnings().isEmpty() ? "" : " (" + result.warnings().getFirst() + ")");
      text.append('.');
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
              + " there is no between-image variance in it"
              + fewRuns(plan.test(), comparison.n());
      case IMAGES, PREDICTIONS ->
          "whether other training runs would give the same: each arm is one set of scores, so there"
              + " is no between-seed variance in it"
              + (plan.test().keepsPatientsTogether() || comparison.n() == comparison.clusters()
                  ? ""
                  : "; images of one patient are taken for independent");
    };
  }

  private static String fewRuns(PairedTest test, int n) {
    if (n >= FEW_RUNS) {
      return "";
    }
    return switch (test) {
      case PairedTest.PairedT(), PairedTest.NadeauBengio _ ->
          ", and n = " + n + " is too few to check that the differences are normal";
      case PairedTest.Wilcoxon(), PairedTest.Permutation _ ->
          "; this test cannot give a one-tailed p below 1 / 2^n = " + number(Math.pow(2, -n));
      case PairedTest.Bootstrap _, PairedTest.McNemar(), PairedTest.DeLong() -> "";
    };
  }

  private static void appendDetectable(
      StringBuilder text, ComparisonPlan plan, Comparison comparison) {
    Detectable detectable = comparison.detectable();
    if (detectable == null) {
      return;
    }
    Double difference = detectable.difference();
    text.append(" With n = ").append(comparison.n()).append(" a ");
    text.append(plan.alternative() == Alternative.TWO_SIDED ? "two-sided" : "one-tailed");
    text.append(" paired t-test at alpha = ").append(number(detectable.alpha()));
    text.append(" finds d_z = ").append(String.format(Locale.ROOT, "%.2f", detectable.dz()));
    if (difference != null) {
      text.append(" (here a difference of ").append(number(difference)).append(')');
    }
    text.append(" with 80 % power, and a large effect (d_z = 0.8) with ");
    text.append(String.format(Locale.ROOT, "%.0f %%.", 100 * detectable.powerForLargeEffect()));
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
