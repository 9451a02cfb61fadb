package dev.synthorax.client.report;

import dev.synthorax.client.stats.Comparison;
import dev.synthorax.client.stats.Comparisons;
import dev.synthorax.client.stats.Decimals;
import dev.synthorax.client.stats.Interval;
import dev.synthorax.client.stats.TestResult;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** Comparisons as rows of text, for the page, for Markdown and for CSV. */
final class ComparisonRows {
  private static final CSVFormat CSV =
      CSVFormat.DEFAULT
          .builder()
          .setRecordSeparator("\n")
          .setHeader(
              "task",
              "arm",
              "baseline",
              "metric",
              "n",
              "baselineEstimate",
              "armEstimate",
              "meanDifference",
              "ciLow",
              "ciHigh",
              "statisticName",
              "statistic",
              "df",
              "pValue",
              "pAdjusted",
              "method",
              "adjustment")
          .get();

  private ComparisonRows() {}

  /** Returns the names of the columns of {@link #row}. */
  static List<String> header(Comparisons comparisons) {
    return List.of(
        "Task",
        "Arm",
        "n",
        "Baseline",
        "Arm's own",
        "Difference",
        interval(comparisons),
        "p",
        "p adjusted");
  }

  /** Returns what the intervals are: {@code 95 % CI}. */
  static String interval(Comparisons comparisons) {
    return plain(100 * comparisons.plan().confidence()) + " % CI";
  }

  /** Returns the row of a comparison, in the order of {@link #header}. */
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
    StringWriter text = new StringWriter();
    try (CSVPrinter printer = new CSVPrinter(text, CSV)) {
      if (comparisons != null) {
        for (Comparison comparison : comparisons.all()) {
          printer.printRecord(csvRow(comparisons, comparison));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return text.toString();
  }

  private static List<@Nullable Object> csvRow(Comparisons comparisons, Comparison comparison) {
    TestResult result = comparison.result();
    Interval interval = result.interval();
    return Arrays.asList(
        comparison.task().isEmpty() ? null : comparison.task(),
        comparison.arm(),
        comparisons.plan().baseline(),
        comparisons.plan().metric().wireName(),
        comparison.n(),
        comparison.baselineEstimate(),
        comparison.armEstimate(),
        result.estimate(),
        interval == null ? null : interval.low(),
        interval == null ? null : interval.high(),
        result.statisticName(),
        result.statistic(),
        result.df(),
        result.pValue(),
        comparison.pAdjusted(),
        result.method(),
        comparisons.plan().adjustment().wireName());
  }

  /** Three decimals. */
  static String three(double value) {
    return Decimals.fixed(value, 3);
  }

  /** Three decimals with their sign; a true minus. */
  static String signed(double value) {
    String text = three(value);
    return text.startsWith("-") ? "\u2212" + text.substring(1) : "+" + text;
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
