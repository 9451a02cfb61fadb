package dev.synthorax.client.metrics;

import dev.synthorax.client.metrics.Calibration.Binning;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything measured of a multi-label classifier on test images.
 *
 * @param labels result of each label
 * @param macroAuroc mean AUROC over the labels that have one
 * @param macroAveragePrecision mean average precision over the labels that have one
 * @param atThresholds F1 at the thresholds chosen on validation; null where none were chosen
 * @param atHalf F1 at a score of 0.5; null where scores are no probabilities
 */
public record ClassificationScores(
    List<LabelResult> labels,
    double macroAuroc,
    double macroAveragePrecision,
    @Nullable F1Averages atThresholds,
    @Nullable F1Averages atHalf) {
  private static final double HALF = 0.5;

  /** Copies the labels. */
  public ClassificationScores {
    labels = List.copyOf(labels);
  }

  /**
   * One label.
   *
   * @param label its name
   * @param images test images that have a truth for it
   * @param positives images that have the label
   * @param auroc area under the ROC; NaN of one class
   * @param averagePrecision area under the precision-recall steps; NaN without a positive
   * @param atThreshold decisions at the validation threshold; null where none was chosen
   * @param atHalf decisions at a score of 0.5; null where scores are no probabilities
   * @param calibration null where scores are no probabilities
   */
  public record LabelResult(
      String label,
      int images,
      int positives,
      double auroc,
      double averagePrecision,
      @Nullable Decisions atThreshold,
      @Nullable Decisions atHalf,
      @Nullable CalibrationResult calibration) {}

  /**
   * Yes-no decisions at one threshold.
   *
   * @param threshold a score at or above it predicts the label
   * @param confusion the counts
   * @param f1 F1
   * @param precision precision
   * @param recall recall, the sensitivity
   * @param specificity specificity
   * @param matthews Matthews' correlation coefficient
   */
  public record Decisions(
      double threshold,
      Confusion confusion,
      double f1,
      double precision,
      double recall,
      double specificity,
      double matthews) {
    static Decisions of(LabelScores label, double threshold, ZeroDivision zero) {
      Confusion confusion = Confusion.of(label.truth(), label.atLeast(threshold));
      return new Decisions(
          threshold,
          confusion,
          confusion.f1(zero),
          confusion.precision(zero),
          confusion.recall(zero),
          confusion.specificity(zero),
          confusion.matthews());
    }
  }

  /**
   * Calibration in {@value Calibration#BINS} bins.
   *
   * @param brier Brier score
   * @param equalWidth expected calibration error, bins of equal width
   * @param equalMass expected calibration error, bins of equal mass
   * @param reliability the curve, bins of equal width
   */
  public record CalibrationResult(
      double brier, double equalWidth, double equalMass, List<Calibration.Bin> reliability) {
    /** Copies the curve. */
    public CalibrationResult {
      reliability = List.copyOf(reliability);
    }

    static CalibrationResult of(LabelScores label) {
      return new CalibrationResult(
          Calibration.brier(label),
          Calibration.expectedError(label, Binning.EQUAL_WIDTH, Calibration.BINS),
          Calibration.expectedError(label, Binning.EQUAL_MASS, Calibration.BINS),
          Calibration.reliability(label, Binning.EQUAL_WIDTH, Calibration.BINS));
    }
  }

  /**
   * Measures test scores.
   *
   * @param thresholds chosen on validation; null leaves the decisions at them out
   * @param zero what F1, precision and recall are worth where they are 0 / 0
   * @throws IllegalArgumentException if a label has no threshold
   */
  public static ClassificationScores of(
      TestScores test, @Nullable Thresholds thresholds, ZeroDivision zero) {
    boolean probabilities = test.labels().stream().allMatch(LabelScores::areProbabilities);
    List<LabelResult> results =
        test.labels().stream().map(label -> result(label, thresholds, zero)).toList();
    return new ClassificationScores(
        results,
        results.stream()
            .mapToDouble(LabelResult::auroc)
            .filter(Double::isFinite)
            .average()
            .orElse(Double.NaN),
        results.stream()
            .mapToDouble(LabelResult::averagePrecision)
            .filter(Double::isFinite)
            .average()
            .orElse(Double.NaN),
        thresholds == null
            ? null
            : F1Averages.of(test.labels(), label -> thresholds.of(label.label()), zero),
        probabilities ? F1Averages.of(test.labels(), _ -> HALF, zero) : null);
  }

  private static LabelResult result(
      LabelScores label, @Nullable Thresholds thresholds, ZeroDivision zero) {
    boolean probabilities = label.areProbabilities();
    return new LabelResult(
        label.label(),
        label.size(),
        label.positives(),
        label.auroc(),
        AveragePrecision.of(label),
        thresholds == null ? null : Decisions.of(label, thresholds.of(label.label()), zero),
        probabilities ? Decisions.of(label, HALF, zero) : null,
        probabilities ? CalibrationResult.of(label) : null);
  }
}
