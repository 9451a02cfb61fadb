package dev.synthorax.client.report;

import dev.synthorax.client.ControlCharacters;
import dev.synthorax.client.stats.Comparison;
import dev.synthorax.client.stats.Comparisons;
import java.util.List;
import java.util.Locale;

/** The tables and sentences of an evaluation as Markdown. */
final class EvaluationMarkdown {
  private final StringBuilder out = new StringBuilder();

  private EvaluationMarkdown() {}

  static String of(EvaluationReport report) {
    EvaluationMarkdown markdown = new EvaluationMarkdown();
    markdown.out.append("# ").append(escape(report.title())).append("\n");
    Comparisons comparisons = report.comparisons();
    if (comparisons != null) {
      markdown.out.append("\n**").append(escape(Headline.of(comparisons))).append("**\n");
      markdown.comparisons(comparisons);
    }
    if (!report.ratios().curves().isEmpty()) {
      markdown.ratios(report.ratios());
    }
    if (!report.predictions().isEmpty()) {
      markdown.heading("Discrimination and calibration");
      markdown.table(
          PredictionRows.HEADER,
          report.predictions().stream().map(PredictionRows::of).map(PredictionRows::row).toList());
    }
    if (!report.provenance().facts().isEmpty()) {
      markdown.heading("Where this comes from");
      report
          .provenance()
          .facts()
          .forEach(
              (name, value) ->
                  markdown
                      .out
                      .append("- ")
                      .append(escape(name))
                      .append(": ")
                      .append(escape(value))
                      .append("\n"));
    }
    return markdown.out.toString();
  }

  private void comparisons(Comparisons comparisons) {
    heading(
        "Arms against "
            + comparisons.plan().baseline()
            + ": "
            + comparisons.plan().metric().wireName());
    table(
        ComparisonRows.header(comparisons),
        comparisons.all().stream().map(ComparisonRows::row).toList());
    for (Comparison comparison : comparisons.all()) {
      out.append("\n").append(escape(comparisons.sentence(comparison))).append("\n");
    }
    out.append("\n");
    for (String caveat : comparisons.caveats()) {
      out.append("- ").append(escape(caveat)).append("\n");
    }
    for (String warning : comparisons.warnings()) {
      out.append("\n> **Warning:** ").append(escape(warning)).append("\n");
    }
  }

  private void ratios(RatioCurves ratios) {
    heading("Synthetic images for each real one: " + ratios.metricName());
    table(
        List.of("Task", "Arm", "Ratio", "n", "Mean", "CI"),
        ratios.curves().stream()
            .flatMap(
                curve ->
                    curve.points().stream()
                        .map(
                            point ->
                                List.of(
                                    curve.task().isEmpty() ? "all" : curve.task(),
                                    curve.arm(),
                                    String.format(Locale.ROOT, "%s", point.ratio()),
                                    Integer.toString(point.n()),
                                    ComparisonRows.three(point.mean()),
                                    point.interval() == null
                                        ? "none"
                                        : ComparisonRows.three(point.interval().low())
                                            + " to "
                                            + ComparisonRows.three(point.interval().high()))))
            .toList());
  }

  private void heading(String text) {
    out.append("\n## ").append(escape(text)).append("\n\n");
  }

  private void table(List<String> header, List<List<String>> rows) {
    row(header);
    out.append("|").append(" --- |".repeat(header.size())).append("\n");
    rows.forEach(this::row);
  }

  private void row(List<String> cells) {
    out.append("|");
    cells.forEach(cell -> out.append(' ').append(escape(cell)).append(" |"));
    out.append("\n");
  }

  private static String escape(String text) {
    return ControlCharacters.escape(text.replace("\\", "\\\\"))
        .replace("|", "\\|")
        .replace("<", "&lt;")
        .replace("*", "\\*")
        .replace("_", "\\_")
        .replace("\n", " ");
  }
}
