package dev.synthorax.client.stats;

import java.util.ArrayList;
import java.util.List;

/** Comparisons as aligned text: a row for each, then the sentences. */
public final class ComparisonTable {
  private static final String ABSENT = "-";

  private ComparisonTable() {}

  /** Returns the lines of the table and of the sentences. */
  public static List<String> lines(Comparisons comparisons) {
    ComparisonPlan plan = comparisons.plan();
    List<List<String>> cells = new ArrayList<>();
    cells.add(
        List.of(
            "ARM",
            "TASK",
            "N",
            "DIFFERENCE",
            "CI LOW",
            "CI HIGH",
            "STATISTIC",
            "DF",
            "P",
            "P ADJUSTED"));
    for (Comparison comparison : comparisons.all()) {
      TestResult result = comparison.result();
      Interval interval = result.interval();
      cells.add(
          List.of(
              comparison.arm(),
              comparison.task().isEmpty() ? ABSENT : comparison.task(),
              String.valueOf(comparison.n()),
              decimal(result.estimate()),
              interval == null ? ABSENT : decimal(interval.low()),
              interval == null ? ABSENT : decimal(interval.high()),
              result.statistic() == null ? ABSENT : Sentence.number(result.statistic()),
              result.df() == null ? ABSENT : Sentence.number(result.df()),
              result.pValue() == null ? ABSENT : decimal(result.pValue()),
              comparison.pAdjusted() == null ? ABSENT : decimal(comparison.pAdjusted())));
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s of %s: %s against '%s', %s test, alternative %s"
            .formatted(
                plan.metric().wireName(),
                comparisons.file(),
                comparisons.all().size() == 1
                    ? "1 comparison"
                    : comparisons.all().size() + " comparisons",
                plan.baseline(),
                plan.test().wireName(),
                plan.alternative().wireName()));
    lines.add("");
    lines.addAll(TextTable.aligned(cells, 2));
    lines.add("");
    lines.add(
        plan.adjustment() == Adjustment.NONE
            ? "P is not adjusted."
            : "P ADJUSTED: %s over the family of %s above."
                .formatted(
                    plan.adjustment().words(), Sentence.comparisons(comparisons.all().size())));
    for (Comparison comparison : comparisons.all()) {
      lines.add("");
      lines.add(comparisons.sentence(comparison));
    }
    lines.add("");
    lines.addAll(comparisons.caveats());
    return lines;
  }

  private static String decimal(double value) {
    return Decimals.fixed(value, 6);
  }
}
