package dev.synthorax.client.report;

import dev.synthorax.client.stats.Adjustment;
import dev.synthorax.client.stats.Comparison;
import dev.synthorax.client.stats.ComparisonPlan;
import dev.synthorax.client.stats.Comparisons;
import dev.synthorax.client.stats.Decimals;
import dev.synthorax.client.stats.Interval;
import dev.synthorax.client.stats.ScoreFile;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;

/** What an evaluation found, in two sentences. */
final class Headline {
  private Headline() {}

  /** Returns the largest difference that holds, or that none does, and how many hold. */
  static String of(Comparisons comparisons) {
    double alpha = comparisons.plan().alpha();
    List<Comparison> holding =
        comparisons.all().stream()
            .filter(each -> each.pAdjusted() != null && each.pAdjusted() < alpha)
            .toList();
    List<Comparison> candidates = holding.isEmpty() ? comparisons.all() : holding;
    Comparison largest =
        candidates.stream()
            .max(Comparator.comparingDouble(each -> Math.abs(each.result().estimate())))
            .orElseThrow();
    return (holding.isEmpty()
            ? "No difference is shown. The largest seen: "
            : "The largest difference that holds: ")
        + sentence(comparisons, largest)
        + " "
        + counted(comparisons, holding.size(), alpha);
  }

  private static String sentence(Comparisons comparisons, Comparison comparison) {
    ComparisonPlan plan = comparisons.plan();
    double estimate = comparison.result().estimate();
    Interval interval = comparison.result().interval();
    return "%s %s %s%s by %s over %s, from %s to %s (%s%s)."
        .formatted(
            comparison.arm(),
            estimate < 0 ? "lowers" : "raises",
            plan.metric().wireName(),
            comparison.task().isEmpty() ? "" : " of " + comparison.task(),
            Decimals.fixed(Math.abs(estimate), 3),
            plan.baseline(),
            ComparisonRows.three(comparison.baselineEstimate()),
            ComparisonRows.three(comparison.armEstimate()),
            interval == null
                ? ""
                : ComparisonRows.interval(comparisons)
                    + " "
                    + ComparisonRows.signed(interval.low())
                    + " to "
                    + ComparisonRows.signed(interval.high())
                    + "; ",
            comparisons.kind() == ScoreFile.Kind.RUNS
                ? comparison.n() + (comparison.n() == 1 ? " pair of runs" : " pairs of runs")
                : comparison.n() + " test images");
  }

  private static String counted(Comparisons comparisons, int holding, double alpha) {
    int all = comparisons.all().size();
    String adjusted =
        comparisons.plan().adjustment() == Adjustment.NONE
            ? " (not adjusted)"
            : " after " + comparisons.plan().adjustment().words();
    String level = "p < " + BigDecimal.valueOf(alpha).stripTrailingZeros().toPlainString();
    if (all == 1) {
      return "It " + (holding == 1 ? "holds" : "does not hold") + " at " + level + adjusted + ".";
    }
    return "%s of %d comparisons %s at %s%s."
        .formatted(
            holding == 0 ? "None" : String.valueOf(holding),
            all,
            holding > 1 ? "hold" : "holds",
            level,
            adjusted);
  }
}
