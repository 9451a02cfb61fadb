package dev.synthorax.client.evaluation;

import dev.synthorax.client.metrics.CalibrationMetric;
import dev.synthorax.client.metrics.ClassificationScores;
import dev.synthorax.client.metrics.ClassificationScores.CalibrationResult;
import dev.synthorax.client.metrics.ClassificationScores.Decisions;
import dev.synthorax.client.metrics.ClassificationScores.LabelResult;
import dev.synthorax.client.metrics.DecisionMetric;
import dev.synthorax.client.metrics.F1Averages;
import dev.synthorax.client.metrics.LabelMetric;
import dev.synthorax.client.metrics.TestScores;
import dev.synthorax.client.metrics.Thresholds;
import dev.synthorax.client.metrics.ValidationScores;
import dev.synthorax.client.metrics.ZeroDivision;
import dev.synthorax.client.stats.TextTable;
import dev.synthorax.client.table.TableException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Scores of a multi-label classifier: a table by label, the F1 averages, and the groups.
 *
 * @param results of all test images under {@code all}, and of each group under {@code column=group}
 * @param zeroDivision what F1 and its parts are worth where they are 0 / 0
 * @param warnings what was left out or cannot be computed
 */
public record ClassificationTable(
    Map<String, ClassificationScores> results, ZeroDivision zeroDivision, List<String> warnings)
    implements Evaluation {
  /** Copies map and list. */
  public ClassificationTable {
    results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
    warnings = List.copyOf(warnings);
  }

  /**
   * Measures the test images of a file, with thresholds of its validation images.
   *
   * @throws TableException if a label of the test images has none in validation
   */
  public static ClassificationTable of(LabelScoreFile file, ZeroDivision zeroDivision)
      throws TableException {
    Thresholds thresholds = thresholds(file.path(), file.validation(), file.test());
    Map<String, ClassificationScores> results = new LinkedHashMap<>();
    results.put("all", ClassificationScores.of(file.test(), thresholds, zeroDivision));
    for (String column : file.groups().columns()) {
      for (String group : file.groups().groups(column)) {
        TestScores subset = file.test().where(image -> file.groups().isIn(image, column, group));
        results.put(
            column + "=" + group, ClassificationScores.of(subset, thresholds, zeroDivision));
      }
    }
    List<String> warnings = new ArrayList<>(file.warnings());
    results.forEach((images, scores) -> warnOfOneClass(file.path(), images, scores, warnings));
    return new ClassificationTable(results, zeroDivision, warnings);
  }

  private static @Nullable Thresholds thresholds(
      Path path, @Nullable ValidationScores validation, TestScores test) throws TableException {
    if (validation == null) {
      return null;
    }
    try {
      Thresholds thresholds = Thresholds.maximizingF1(validation);
      test.labels().forEach(label -> thresholds.of(label.label()));
      return thresholds;
    } catch (IllegalArgumentException e) {
      throw new TableException(path + ": " + e.getMessage());
    }
  }

  private static void warnOfOneClass(
      Path path, String images, ClassificationScores scores, List<String> warnings) {
    for (LabelResult label : scores.labels()) {
      if (Double.isNaN(label.auroc())) {
        warnings.add(
            "%s: label '%s', %s: %d of %d test images are positive: one class, so no AUROC"
                .formatted(path, label.label(), images, label.positives(), label.images()));
      }
    }
  }

  @Override
  public List<String> lines() {
    List<List<String>> byLabel = new ArrayList<>();
    byLabel.add(
        Stream.of(
                Stream.of("IMAGES", "LABEL", "N", "POSITIVE"),
                Stream.of(LabelMetric.values()).map(LabelMetric::heading),
                Stream.of("THRESHOLD"),
                DecisionMetric.LISTED.stream().map(DecisionMetric::heading),
                Stream.of(DecisionMetric.F1.heading() + " AT 0.5"),
                Stream.of(CalibrationMetric.values()).map(CalibrationMetric::heading))
            .flatMap(part -> part)
            .toList());
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
          for (LabelResult label : scores.labels()) {
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

  private static List<String> row(String images, LabelResult label) {
    List<String> row = new ArrayList<>();
    row.add(images);
    row.add(label.label());
    row.add(String.valueOf(label.images()));
    row.add(String.valueOf(label.positives()));
    for (LabelMetric metric : LabelMetric.values()) {
      row.add(MetricNumber.cell(metric.of(label)));
    }
    Decisions decisions = label.atThreshold();
    row.add(MetricNumber.cell(decisions == null ? Double.NaN : decisions.threshold()));
    for (DecisionMetric metric : DecisionMetric.LISTED) {
      row.add(MetricNumber.cell(decisions == null ? Double.NaN : metric.of(decisions)));
    }
    Decisions half = label.atHalf();
    row.add(MetricNumber.cell(half == null ? Double.NaN : DecisionMetric.F1.of(half)));
    CalibrationResult calibration = label.calibration();
    for (CalibrationMetric metric : CalibrationMetric.values()) {
      row.add(MetricNumber.cell(calibration == null ? Double.NaN : metric.of(calibration)));
    }
    return row;
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

  @Override
  public Map<String, @Nullable Object> json() {
    return ClassificationJson.of(results, zeroDivision, warnings);
  }
}
