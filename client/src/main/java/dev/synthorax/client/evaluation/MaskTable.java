package dev.synthorax.client.evaluation;

import dev.synthorax.client.metrics.EmptyPolicy;
import dev.synthorax.client.metrics.MaskMetric;
import dev.synthorax.client.metrics.MaskScores;
import dev.synthorax.client.stats.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Scores of masks: means over all, over positives and over each group, of all masks and of each
 * structure; and mask by mask.
 */
public final class MaskTable implements Evaluation {
  private static final String ALL = "all";

  private final List<Measured> measured;
  private final MaskScores.Settings settings;
  private final List<String> found;
  private final Map<String, Map<String, List<Measured>>> subsets = new LinkedHashMap<>();

  /**
   * One pair of masks.
   *
   * @param image name
   * @param structure what it outlines; empty: not said
   * @param patient whose image it is; null: not known
   * @param positive whether the true mask has pixels
   * @param scores the scores
   */
  public record Measured(
      String image,
      String structure,
      @Nullable String patient,
      boolean positive,
      MaskScores scores) {}

  /**
   * Sorts masks into the groups of their images.
   *
   * @param found what was found when they were read, one line each; part of the warnings
   */
  public MaskTable(
      List<Measured> measured,
      ImageGroups groups,
      MaskScores.Settings settings,
      List<String> found) {
    this.measured = List.copyOf(measured);
    this.settings = settings;
    this.found = List.copyOf(found);
    TreeSet<String> structures = new TreeSet<>();
    measured.forEach(mask -> structures.add(mask.structure()));
    if (structures.size() > 1) {
      subsets.put(ALL, subsets(measured, groups));
    }
    for (String structure : structures) {
      subsets.put(
          structure,
          subsets(
              measured.stream().filter(mask -> mask.structure().equals(structure)).toList(),
              groups));
    }
  }

  private static Map<String, List<Measured>> subsets(List<Measured> masks, ImageGroups groups) {
    Map<String, List<Measured>> subsets = new LinkedHashMap<>();
    subsets.put(ALL, masks);
    subsets.put("positives", masks.stream().filter(Measured::positive).toList());
    for (String column : groups.columns()) {
      for (String group : groups.groups(column)) {
        subsets.put(
            column + "=" + group,
            masks.stream().filter(mask -> groups.isIn(mask.image(), column, group)).toList());
      }
    }
    return subsets;
  }

  private boolean hasStructures() {
    return !subsets.containsKey("");
  }

  @Override
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>(found);
    long infinite = values(measured, MaskMetric.HD95).filter(Double::isInfinite).count();
    if (infinite > 0) {
      warnings.add(pairs(infinite) + " an infinite HD95 (one mask is empty); left out of the mean");
    }
    long undefined = values(measured, MaskMetric.DICE).filter(Double::isNaN).count();
    if (undefined > 0) {
      warnings.add(
          pairs(undefined)
              + " "
              + (settings.policy() == EmptyPolicy.POSITIVES_ONLY
                  ? "an empty truth"
                  : "two empty masks")
              + " and no value under --empty "
              + settings.policy().wireName()
              + "; left out of the means");
    }
    return warnings;
  }

  private static String pairs(long count) {
    return count == 1 ? "1 pair has" : count + " pairs have";
  }

  private static DoubleStream values(List<Measured> masks, MaskMetric metric) {
    return masks.stream().mapToDouble(mask -> metric.of(mask.scores()));
  }

  private static double mean(List<Measured> masks, MaskMetric metric) {
    return values(masks, metric).filter(Double::isFinite).average().orElse(Double.NaN);
  }

  @Override
  public List<String> lines() {
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>(hasStructures() ? List.of("STRUCTURE") : List.of());
    header.addAll(List.of("IMAGES", "N"));
    for (MaskMetric metric : MaskMetric.values()) {
      header.add(metric.heading());
    }
    rows.add(header);
    subsets.forEach(
        (structure, groups) ->
            groups.forEach(
                (name, masks) -> {
                  List<String> row =
                      new ArrayList<>(hasStructures() ? List.of(structure) : List.of());
                  row.addAll(List.of(name, String.valueOf(masks.size())));
                  for (MaskMetric metric : MaskMetric.values()) {
                    row.add(MetricNumber.cell(mean(masks, metric)));
                  }
                  rows.add(row);
                }));
    List<String> lines = new ArrayList<>(TextTable.aligned(rows, hasStructures() ? 2 : 1));
    lines.add("");
    lines.add(
        "Means over %s. Contours: %s; spacing %s,%s; NSD tolerance %s; empty masks: %s."
            .formatted(
                subsets.containsKey(ALL) ? "masks, one for each image and structure" : "images",
                settings.convention().wireName(),
                settings.spacing().row(),
                settings.spacing().column(),
                settings.tolerance(),
                settings.policy().wireName()));
    return lines;
  }

  @Override
  public Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("convention", settings.convention().wireName());
    json.put("spacing", List.of(settings.spacing().row(), settings.spacing().column()));
    json.put("tolerance", settings.tolerance());
    json.put("emptyPolicy", settings.policy().wireName());
    json.put("means", summaries(subsets.values().iterator().next()));
    if (hasStructures()) {
      Map<String, @Nullable Object> structures = new LinkedHashMap<>();
      subsets.forEach(
          (structure, groups) -> {
            if (!structure.equals(ALL)) {
              structures.put(structure, summaries(groups));
            }
          });
      json.put("structures", structures);
    }
    json.put("images", measured.stream().map(MaskTable::mask).toList());
    json.put("warnings", warnings());
    return json;
  }

  private static Map<String, @Nullable Object> summaries(Map<String, List<Measured>> groups) {
    Map<String, @Nullable Object> means = new LinkedHashMap<>();
    groups.forEach((name, masks) -> means.put(name, summary(masks)));
    return means;
  }

  private static Map<String, @Nullable Object> summary(List<Measured> masks) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("n", masks.size());
    for (MaskMetric metric : MaskMetric.values()) {
      json.put(metric.wireName(), MetricNumber.json(mean(masks, metric)));
      json.put(metric.wireName() + "Count", values(masks, metric).filter(Double::isFinite).count());
    }
    json.put("hd95Infinite", values(masks, MaskMetric.HD95).filter(Double::isInfinite).count());
    json.put("undefined", values(masks, MaskMetric.DICE).filter(Double::isNaN).count());
    return json;
  }

  private static Map<String, @Nullable Object> mask(Measured mask) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("image", mask.image());
    if (!mask.structure().isEmpty()) {
      json.put("structure", mask.structure());
    }
    json.put("positive", mask.positive());
    for (MaskMetric metric : MaskMetric.values()) {
      json.put(metric.wireName(), MetricNumber.json(metric.of(mask.scores())));
    }
    return json;
  }
}
