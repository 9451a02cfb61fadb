package dev.synthorax.client.cli.metrics;

import dev.synthorax.client.evaluation.MetricNumber;
import dev.synthorax.client.metrics.ClassificationScores;
import dev.synthorax.client.metrics.ClassificationScores.CalibrationResult;
import dev.synthorax.client.metrics.ClassificationScores.Decisions;
import dev.synthorax.client.metrics.F1Averages;
import dev.synthorax.client.stats.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Classification scores as text: a table by label, the F1 averages, and the groups. */
final class MetricsClassificationTable {
  private MetricsClassificationTable() {}

  static List<String> lines(Map<String, ClassificationScores> results) {
    List<List<String>> byLabel = new ArrayList<>();
    byLabel.add(
        List.of(
            "IMAGES",
            "LABEL",
            "N",
            "POSITIVE",
            "AUROC",
            "AP",
            "THRESHOLD",
            "F1",
            "PRECISION",
            "RECALL",
            "SPECIFICITY",
            "MCC",
            "F1 AT 0.5",
            "BRIER",
            "ECE",
            "ECE MASS"));
    List<List<String>> averages = new ArrayList<>();
    averages.add(
        List.of(
            "IMAGES",
            "MACRO AUROC",
            "MACRO AP",
            "THRESHOLDS",
            "MACRO F1",
            "MICRO F1",
            "WEIGHTED F1",
            "SAMPLES F1"));
    results.forEach(
        (images, scores) -> {
          for (ClassificationScores.LabelResult label : scores.labels()) {
            byLabel.add(row(images, label));
          }
          averages.add(row(images, scores, "validation", scores.atThresholds()));
          averages.add(row(images, scores, "0.5", scores.atHalf()));
        });
    List<String> lines = new ArrayList<>(TextTable.aligned(byLabel, 2));
    lines.add("");
    lines.addAll(TextTable.aligned(averages, 1));
    lines.add("");
    lines.add(
        "Test images. Thresholds maximise F1 on validation images, label by label; ECE in 15 bins,"
            + " of equal width and of equal mass.");
    return lines;
  }

  private static List<String> row(String images, ClassificationScores.LabelResult label) {
    Decisions decisions = label.atThreshold();
    Decisions half = label.atHalf();
    CalibrationResult calibration = label.calibration();
    return List.of(
        images,
        label.label(),
        String.valueOf(label.images()),
        String.valueOf(label.positives()),
        MetricNumber.cell(label.auroc()),
        MetricNumber.cell(label.averagePrecision()),
        MetricNumber.cell(decisions == null ? Double.NaN : decisions.threshold()),
        MetricNumber.cell(decisions == null ? Double.NaN : decisions.f1()),
        MetricNumber.cell(decisions == null ? Double.NaN : decisions.precision()),
        MetricNumber.cell(decisions == null ? Double.NaN : decisions.recall()),
        MetricNumber.cell(decisions == null ? Double.NaN : decisions.specificity()),
        MetricNumber.cell(decisions == null ? Double.NaN : decisions.matthews()),
        MetricNumber.cell(half == null ? Double.NaN : half.f1()),
        MetricNumber.cell(calibration == null ? Double.NaN : calibration.brier()),
        MetricNumber.cell(calibration == null ? Double.NaN : calibration.equalWidth()),
        MetricNumber.cell(calibration == null ? Double.NaN : calibration.equalMass()));
  }

  private static List<String> row(
      String images, ClassificationScores scores, String thresholds, @Nullable F1Averages f1) {
    return List.of(
        images,
        MetricNumber.cell(scores.macroAuroc()),
        MetricNumber.cell(scores.macroAveragePrecision()),
        thresholds,
        MetricNumber.cell(f1 == null ? Double.NaN : f1.macro()),
        MetricNumber.cell(f1 == null ? Double.NaN : f1.micro()),
        MetricNumber.cell(f1 == null ? Double.NaN : f1.weighted()),
        MetricNumber.cell(f1 == null ? Double.NaN : f1.samples()));
  }
}
