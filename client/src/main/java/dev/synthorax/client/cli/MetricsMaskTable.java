package dev.synthorax.client.cli;

import dev.synthorax.client.metrics.EmptyPolicy;
import dev.synthorax.client.metrics.MaskScores;
import dev.synthorax.client.stats.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Scores of masks: means over all, over positives, over each group; and image by image. */
final class MetricsMaskTable {
  /** Names and accessors of the metrics, in the order they are printed. */
  static final Map<String, ToDoubleFunction<MaskScores>> METRICS = new LinkedHashMap<>();

  static {
    METRICS.put("dice", MaskScores::dice);
    METRICS.put("iou", MaskScores::iou);
    METRICS.put("hd95", MaskScores::hd95);
    METRICS.put("nsd", MaskScores::nsd);
  }

  private final List<Measured> measured;
  private final MaskScores.Settings settings;
  private final Map<String, List<Measured>> subsets = new LinkedHashMap<>();

  /**
   * One pair of masks.
   *
   * @param image name
   * @param positive whether the true mask has pixels
   * @param scores the scores
   */
  record Measured(String image, boolean positive, MaskScores scores) {}

  MetricsMaskTable(List<Measured> measured, MetricsGroups groups, MaskScores.Settings settings) {
    this.measured = List.copyOf(measured);
    this.settings = settings;
    subset("all", _ -> true);
    subset("positives", Measured::positive);
    for (String column : groups.columns()) {
      for (String group : groups.groups(column)) {
        subset(column + "=" + group, image -> groups.isIn(image.image(), column, group));
      }
    }
  }

  private void subset(String name, Predicate<Measured> wanted) {
    subsets.put(name, measured.stream().filter(wanted).toList());
  }

  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    long infinite = values(measured, MaskScores::hd95).filter(Double::isInfinite).count();
    if (infinite > 0) {
      warnings.add(
          infinite + " images have an infinite HD95 (one mask is empty); left out of its mean");
    }
    long undefined = values(measured, MaskScores::dice).filter(Double::isNaN).count();
    if (undefined > 0) {
      warnings.add(
          undefined
              + " images have "
              + (settings.policy() == EmptyPolicy.POSITIVES_ONLY
                  ? "an empty truth"
                  : "two empty masks")
              + " and no value under --empty "
              + settings.policy().wireName()
              + "; left out of the means");
    }
    return warnings;
  }

  private static DoubleStream values(List<Measured> images, ToDoubleFunction<MaskScores> metric) {
    return images.stream().mapToDouble(image -> metric.applyAsDouble(image.scores()));
  }

  private static double mean(List<Measured> images, ToDoubleFunction<MaskScores> metric) {
    return values(images, metric).filter(Double::isFinite).average().orElse(Double.NaN);
  }

  List<String> lines() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("IMAGES", "N", "DICE", "IOU", "HD95", "NSD"));
    subsets.forEach(
        (name, images) -> {
          List<String> row = new ArrayList<>(List.of(name, String.valueOf(images.size())));
          METRICS.values().forEach(metric -> row.add(MetricsNumber.cell(mean(images, metric))));
          rows.add(row);
        });
    List<String> lines = new ArrayList<>(TextTable.aligned(rows, 1));
    lines.add("");
    lines.add(
        "Means over images. Contours: %s; spacing %s,%s; NSD tolerance %s; empty masks: %s."
            .formatted(
                settings.convention().wireName(),
                settings.spacing().row(),
                settings.spacing().column(),
                settings.tolerance(),
                settings.policy().wireName()));
    return lines;
  }

  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("convention", settings.convention().wireName());
    json.put("spacing", List.of(settings.spacing().row(), settings.spacing().column()));
    json.put("tolerance", settings.tolerance());
    json.put("emptyPolicy", settings.policy().wireName());
    Map<String, @Nullable Object> means = new LinkedHashMap<>();
    subsets.forEach((name, images) -> means.put(name, summary(images)));
    json.put("means", means);
    json.put("images", measured.stream().map(MetricsMaskTable::image).toList());
    json.put("warnings", warnings());
    return json;
  }

  private static Map<String, @Nullable Object> summary(List<Measured> images) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("n", images.size());
    METRICS.forEach(
        (name, metric) -> {
          json.put(name, MetricsNumber.json(mean(images, metric)));
          json.put(name + "Count", values(images, metric).filter(Double::isFinite).count());
        });
    return json;
  }

  private static Map<String, @Nullable Object> image(Measured image) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("image", image.image());
    json.put("positive", image.positive());
    METRICS.forEach(
        (name, metric) -> json.put(name, MetricsNumber.json(metric.applyAsDouble(image.scores()))));
    return json;
  }
}
