package dev.synthorax.client.report;

import dev.synthorax.client.stats.Comparison;
import dev.synthorax.client.stats.Comparisons;
import dev.synthorax.client.stats.Interval;
import dev.synthorax.client.stats.TestResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Comparisons as rows of text, for the page, for Markdown and for CSV. */
final class ComparisonRows {
  static final List<String> HEADER =
      List.of(
          "Task", "Arm", "n", "Baseline", "Arm's own", "Difference", "95 % CI", "p", "p adjusted");

  private static final String CSV_HEADER =
      "task,arm,baseline,metric,n,baselineEstimate,armEstimate,meanDifference,ciLow,ciHigh,"
          + "statisticName,statistic,df,pValue,pAdjusted,method,adjustment";

  private ComparisonRows() {}

  /** Returns the header with the confidence that the intervals have. */
  static List<String> header(Comparisons comparisons) {
    String interval =
        String.format(Locale.ROOT, "%s %% CI", plain(100 * comparisons.plan().confidence()));
    return HEADER.stream().map(name -> name.equals("95 % CI") ? interval : name).toList();
  }

  /** Returns the row of a comparison, in the order of {@link #HEADER}. */
  static List<String> row(Comparison comparison) {
    TestResult result = comparison.result();
    Interval interval = result.interval();
    return List.of(
        comparison.task().isEmpty() ? "all" : comparison.task(),
        comparison.arm(),
        Integer.toString(comparison.n()),
        three(comparison.baselineEstimate()),
        three(comparison.armEstimate()),
        signed(result.estimate()),
        interval == null ? "none" : signed(interval.low()) + " to " + signed(interval.high()),
        pValue(result.pValue()),
        pValue(comparison.pAdjusted()));
  }

  static String csv(@Nullable Comparisons comparisons) {
    StringBuilder csv = new StringBuilder(CSV_HEADER).append('\n');
    if (comparisons == null) {
      return csv.toString();
    }
    for (Comparison comparison : comparisons.all()) {
      TestResult result = comparison.result();
      Interval interval = result.interval();
      List<String> cells = new ArrayList<>();
      cells.add(comparison.task());
      cells.add(comparison.arm());
      cells.add(comparisons.plan().baseline());
      cells.add(comparisons.plan().metric());
      cells.add(Integer.toString(comparison.n()));
      cells.add(Double.toString(comparison.baselineEstimate()));
      cells.add(Double.toString(comparison.armEstimate()));
      cells.add(Double.toString(result.estimate()));
      cells.add(interval == null ? "" : Double.toString(interval.low()));
      cells.add(interval == null ? "" : Double.toString(interval.high()));
      cells.add(result.statisticName());
      cells.add(number(result.statistic()));
      cells.add(number(result.df()));
      cells.add(number(result.pValue()));
      cells.add(number(comparison.pAdjusted()));
      cells.add(result.method());
      cells.add(comparisons.plan().adjustment().wireName());
      csv.append(String.join(",", cells.stream().map(ComparisonRows::quoted).toList()))
          .append('\n');
    }
    return csv.toString();
  }

  private static String quoted(String cell) {
    boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }

  private static String number(@Nullable Double value) {
    return value == null ? "" : Double.toString(value);
  }

  /** Three decimals. */
  static String three(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /** Three decimals with their sign; a true minus. */
  static String signed(double value) {
    return (value < 0 ? "\u2212" : "+") + three(Math.abs(value));
  }

  /** As papers print it. */
  static String pValue(@Nullable Double p) {
    if (p == null) {
      return "none";
    }
    return p < 0.0001 ? "< .0001" : String.format(Locale.ROOT, p < 0.01 ? "%.4f" : "%.3f", p);
  }

  private static String plain(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
