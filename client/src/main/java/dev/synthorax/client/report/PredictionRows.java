package dev.synthorax.client.report;

import dev.synthorax.client.metrics.AveragePrecision;
import dev.synthorax.client.metrics.Calibration;
import dev.synthorax.client.metrics.Calibration.Binning;
import dev.synthorax.client.metrics.LabelScores;
import dev.synthorax.client.stats.ArmPredictions;
import java.util.List;

/** Discrimination and calibration of one arm in one task, as a row of text. */
final class PredictionRows {
  static final List<String> HEADER =
      List.of(
          "Task",
          "Arm",
          "Images",
          "Positive",
          "AUROC",
          "Average precision",
          "Brier",
          "ECE, " + Calibration.BINS + " equal bins");

  private PredictionRows() {}

  /** Scores of one arm, under the name that plots and tables show. */
  record Scores(String task, String arm, LabelScores label) {}

  static Scores of(ArmPredictions predictions) {
    String name = predictions.task().isEmpty() ? "all" : predictions.task();
    return new Scores(
        name,
        predictions.arm(),
        LabelScores.of(
            predictions.arm(), predictions.images(), predictions.truth(), predictions.scores()));
  }

  static List<String> row(Scores scores) {
    LabelScores label = scores.label();
    boolean probabilities = label.areProbabilities();
    return List.of(
        scores.task(),
        scores.arm(),
        Integer.toString(label.size()),
        Integer.toString(label.positives()),
        number(label.auroc()),
        number(AveragePrecision.of(label)),
        probabilities ? number(Calibration.brier(label)) : "no probabilities",
        probabilities
            ? number(Calibration.expectedError(label, Binning.EQUAL_WIDTH, Calibration.BINS))
            : "no probabilities");
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "none" : ComparisonRows.three(value);
  }
}
