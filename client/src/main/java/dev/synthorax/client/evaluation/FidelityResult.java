package dev.synthorax.client.evaluation;

import dev.synthorax.client.metrics.FidelityMetric;
import dev.synthorax.client.metrics.FidelityScores;
import dev.synthorax.client.metrics.Memorisation;
import dev.synthorax.client.metrics.MsSsim;
import dev.synthorax.client.stats.Decimals;
import dev.synthorax.client.stats.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How synthetic images compare with real ones, as a table and as JSON.
 *
 * @param scores distances of synthetic and real images
 * @param memorisation nearest training images; null without them
 * @param similarity of pairs within each set
 * @param warnings what limits the numbers
 */
public record FidelityResult(
    FidelityScores scores,
    @Nullable Memorisation memorisation,
    Similarity similarity,
    List<String> warnings)
    implements Evaluation {
  /** Copies the warnings. */
  public FidelityResult {
    warnings = List.copyOf(warnings);
  }

  /**
   * Adds the warnings of the numbers to those of the sets.
   *
   * @param found what was found when the sets were read
   * @param shared synthetic images with the very features of a real one
   */
  public static FidelityResult of(
      FidelityScores scores,
      @Nullable Memorisation memorisation,
      Similarity similarity,
      List<String> found,
      int shared) {
    List<String> warnings = new ArrayList<>(found);
    warnings.addAll(scores.warnings());
    if (shared > 0) {
      warnings.add(
          shared + " synthetic images have the very features of a real one: the same images?");
    }
    if (memorisation != null && memorisation.copies() > 0) {
      warnings.add(
          memorisation.copies()
              + " synthetic images have the very features of a training image: copies?");
    }
    return new FidelityResult(scores, memorisation, similarity, warnings);
  }

  @Override
  public List<String> lines() {
    List<List<String>> rows = new ArrayList<>();
    String set = " (" + scores.featureSet() + ")";
    for (FidelityMetric metric : FidelityMetric.values()) {
      rows.add(
          List.of(
              metric.heading() + set,
              metric == FidelityMetric.KERNEL
                  ? Decimals.fixed(metric.of(scores), 6)
                      + " +- "
                      + Decimals.fixed(scores.kernel().standardDeviation(), 6)
                  : MetricNumber.cell(metric.of(scores))));
    }
    rows.add(List.of("MS-SSIM of real pairs", MetricNumber.cell(similarity.ofReal())));
    rows.add(List.of("MS-SSIM of synthetic pairs", MetricNumber.cell(similarity.ofSynthetic())));
    List<String> lines = new ArrayList<>(TextTable.aligned(rows, 2));
    lines.add("");
    lines.add(
        "%d synthetic against %d real images on %d features %s; k = %d; kernel distance: %d subsets of %d."
            .formatted(
                scores.synthetic(),
                scores.real(),
                scores.dimension(),
                scores.standardised() ? "in units of the real images" : "as given",
                scores.prdc().k(),
                scores.kernel().subsets(),
                scores.kernel().subsetSize()));
    if (similarity.scales() > 0) {
      lines.add(
          "MS-SSIM: %d random pairs of each, %s."
              .formatted(
                  similarity.pairs(),
                  similarity.scales() == MsSsim.SCALES
                      ? "five scales"
                      : "%d of five scales (smaller than 176 pixels), weights scaled to 1"
                          .formatted(similarity.scales())));
    }
    if (memorisation != null) {
      lines.addAll(memorisationLines(memorisation));
    }
    return lines;
  }

  private static List<String> memorisationLines(Memorisation memorisation) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("TO NEAREST TRAINING IMAGE", "N", "MINIMUM", "5 %", "MEDIAN", "95 %"));
    rows.add(row("synthetic", memorisation.synthetic()));
    rows.add(row("held-out real", memorisation.heldOut()));
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.addAll(TextTable.aligned(rows, 1));
    lines.add("");
    lines.add(
        "Median ratio %s (well below 1: memorisation); %s of the synthetic images are nearer than 5 %% of the held-out real ones; %d have the very features of a training image."
            .formatted(
                MetricNumber.cell(memorisation.medianRatio()),
                MetricNumber.cell(memorisation.suspiciousShare()),
                memorisation.copies()));
    lines.add(
        "Nearest pairs, on " + memorisation.featureSet() + " in units of the training images:");
    for (Memorisation.Pair pair : memorisation.nearest()) {
      lines.add(
          "  %s  %s  %s"
              .formatted(MetricNumber.cell(pair.distance()), pair.image(), pair.training()));
    }
    return lines;
  }

  private static List<String> row(String name, Memorisation.Distances distances) {
    return List.of(
        name,
        String.valueOf(distances.images()),
        MetricNumber.cell(distances.minimum()),
        MetricNumber.cell(distances.percentile5()),
        MetricNumber.cell(distances.median()),
        MetricNumber.cell(distances.percentile95()));
  }

  @Override
  public Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("featureSet", scores.featureSet());
    json.put("dimension", scores.dimension());
    json.put("real", scores.real());
    json.put("synthetic", scores.synthetic());
    json.put("features", scores.standardised() ? "standardised" : "as-given");
    put(json, FidelityMetric.FRECHET);
    put(json, FidelityMetric.KERNEL);
    json.put("kernelDistanceSd", MetricNumber.json(scores.kernel().standardDeviation()));
    json.put("kernelSubsets", scores.kernel().subsets());
    json.put("kernelSubsetSize", scores.kernel().subsetSize());
    json.put("k", scores.prdc().k());
    put(json, FidelityMetric.PRECISION);
    put(json, FidelityMetric.RECALL);
    put(json, FidelityMetric.DENSITY);
    put(json, FidelityMetric.COVERAGE);
    json.put("msSsimReal", MetricNumber.json(similarity.ofReal()));
    json.put("msSsimSynthetic", MetricNumber.json(similarity.ofSynthetic()));
    json.put("msSsimScales", similarity.scales() == 0 ? null : similarity.scales());
    json.put("memorisation", memorisation == null ? null : memorisation(memorisation));
    json.put("warnings", warnings);
    return json;
  }

  private void put(Map<String, @Nullable Object> json, FidelityMetric metric) {
    json.put(metric.wireName(), MetricNumber.json(metric.of(scores)));
  }

  private static Map<String, @Nullable Object> memorisation(Memorisation memorisation) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("training", memorisation.training());
    json.put("synthetic", distances(memorisation.synthetic()));
    json.put("heldOut", distances(memorisation.heldOut()));
    json.put("medianRatio", MetricNumber.json(memorisation.medianRatio()));
    json.put("suspiciousShare", memorisation.suspiciousShare());
    json.put("copies", memorisation.copies());
    json.put("nearest", memorisation.nearest().stream().map(FidelityResult::pair).toList());
    return json;
  }

  private static Map<String, @Nullable Object> distances(Memorisation.Distances distances) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("n", distances.images());
    json.put("minimum", distances.minimum());
    json.put("percentile5", distances.percentile5());
    json.put("median", distances.median());
    json.put("percentile95", distances.percentile95());
    return json;
  }

  private static Map<String, @Nullable Object> pair(Memorisation.Pair pair) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("image", pair.image());
    json.put("training", pair.training());
    json.put("distance", pair.distance());
    return json;
  }
}
