package dev.synthorax.client.evaluation;

import dev.synthorax.client.metrics.Calibration;
import dev.synthorax.client.metrics.CalibrationMetric;
import dev.synthorax.client.metrics.ClassificationScores;
import dev.synthorax.client.metrics.ClassificationScores.CalibrationResult;
import dev.synthorax.client.metrics.ClassificationScores.Decisions;
import dev.synthorax.client.metrics.DecisionMetric;
import dev.synthorax.client.metrics.F1Averages;
import dev.synthorax.client.metrics.LabelMetric;
import dev.synthorax.client.metrics.ZeroDivision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Classification scores as the maps and lists of a JSON document. */
final class ClassificationJson {
  private ClassificationJson() {}

  static Map<String, @Nullable Object> of(
      Map<String, ClassificationScores> results, ZeroDivision zero, List<String> warnings) {
    Map<String, @Nullable Object> groups = new LinkedHashMap<>();
    results.forEach((images, scores) -> groups.put(images, scores(scores)));
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("split", "test");
    json.put("thresholdsFrom", "validation, maximising F1");
    json.put("zeroDivision", zero.wireName());
    json.put("calibrationBins", Calibration.BINS);
    json.put("results", groups);
    json.put("warnings", warnings);
    return json;
  }

  private static Map<String, @Nullable Object> scores(ClassificationScores scores) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("macroAuroc", MetricNumber.json(scores.macroAuroc()));
    json.put("macroAveragePrecision", MetricNumber.json(scores.macroAveragePrecision()));
    json.put(DecisionMetric.F1.wireName(), averages(scores.atThresholds()));
    json.put("f1AtHalf", averages(scores.atHalf()));
    json.put("labels", scores.labels().stream().map(ClassificationJson::label).toList());
    return json;
  }

  private static @Nullable Map<String, @Nullable Object> averages(@Nullable F1Averages f1) {
    if (f1 == null) {
      return null;
    }
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("macro", MetricNumber.json(f1.macro()));
    json.put("micro", MetricNumber.json(f1.micro()));
    json.put("weighted", MetricNumber.json(f1.weighted()));
    json.put("samples", MetricNumber.json(f1.samples()));
    return json;
  }

  private static Map<String, @Nullable Object> label(ClassificationScores.LabelResult label) {
    CalibrationResult calibration = label.calibration();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("label", label.label());
    json.put("n", label.images());
    json.put("positives", label.positives());
    for (LabelMetric metric : LabelMetric.values()) {
      json.put(metric.wireName(), MetricNumber.json(metric.of(label)));
    }
    json.put("atThreshold", decisions(label.atThreshold()));
    json.put("atHalf", decisions(label.atHalf()));
    for (CalibrationMetric metric : CalibrationMetric.values()) {
      json.put(
          metric.wireName(),
          calibration == null ? null : MetricNumber.json(metric.of(calibration)));
    }
    json.put(
        "reliability",
        calibration == null
            ? null
            : calibration.reliability().stream().map(ClassificationJson::bin).toList());
    return json;
  }

  private static @Nullable Map<String, @Nullable Object> decisions(@Nullable Decisions decisions) {
    if (decisions == null) {
      return null;
    }
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("threshold", decisions.threshold());
    for (DecisionMetric metric : DecisionMetric.LISTED) {
      json.put(metric.wireName(), MetricNumber.json(metric.of(decisions)));
    }
    json.put("truePositives", decisions.confusion().truePositives());
    json.put("falsePositives", decisions.confusion().falsePositives());
    json.put("falseNegatives", decisions.confusion().falseNegatives());
    json.put("trueNegatives", decisions.confusion().trueNegatives());
    return json;
  }

  private static Map<String, @Nullable Object> bin(Calibration.Bin bin) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("low", bin.low());
    json.put("high", bin.high());
    json.put("count", bin.count());
    json.put("meanScore", bin.meanScore());
    json.put("positiveRate", bin.positiveRate());
    return json;
  }
}
