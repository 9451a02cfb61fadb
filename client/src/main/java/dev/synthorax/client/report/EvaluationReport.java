package dev.synthorax.client.report;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.stats.ArmPredictions;
import dev.synthorax.client.stats.ArmSummary;
import dev.synthorax.client.stats.Comparisons;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluation found, as a page, as Markdown and as a table; parts that are absent are left
 * out.
 *
 * @param title heading
 * @param comparisons the arms against the baseline; null: none were made
 * @param arms the arms by themselves, for the plot beside the comparisons
 * @param ratios how a metric changes with the number of synthetic images
 * @param predictions scores of single images, for ROC and calibration
 * @param examples images to look at, with their masks, and real ones beside them
 * @param provenance where all of it comes from
 */
public record EvaluationReport(
    String title,
    @Nullable Comparisons comparisons,
    List<ArmSummary> arms,
    RatioCurves ratios,
    List<ArmPredictions> predictions,
    List<Example> examples,
    ReportProvenance provenance) {

  /** Copies the lists; something must be there to report. */
  public EvaluationReport {
    requireNonNull(title, "title");
    requireNonNull(ratios, "ratios");
    requireNonNull(provenance, "provenance");
    arms = List.copyOf(arms);
    predictions = List.copyOf(predictions);
    examples = List.copyOf(examples);
    if (comparisons == null
        && ratios.curves().isEmpty()
        && predictions.isEmpty()
        && examples.isEmpty()) {
      throw new IllegalArgumentException(
          "report: empty (expected: comparisons, ratio curves, predictions or examples)");
    }
  }

  /** Returns the whole page: one HTML file that needs no other. */
  public String toHtml() {
    return new EvaluationPage(this).html();
  }

  /** Returns the tables and sentences as Markdown, for a paper's supplement or a pull request. */
  public String toMarkdown() {
    return EvaluationMarkdown.of(this);
  }

  /** Returns the comparisons as CSV with full precision; only the header where there are none. */
  public String toCsv() {
    return ComparisonRows.csv(comparisons);
  }
}
