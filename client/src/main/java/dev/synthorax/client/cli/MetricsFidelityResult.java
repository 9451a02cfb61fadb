package dev.synthorax.client.cli;

import dev.synthorax.client.metrics.FidelityScores;
import dev.synthorax.client.metrics.Memorisation;
import dev.synthorax.client.stats.TextTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code metrics fidelity} prints.
 *
 * @param scores distances of synthetic and real images
 * @param memorisation nearest training images; null without them
 * @param similarityOfReal mean MS-SSIM of pairs of real images; NaN where there is none
 * @param similarityOfSynthetic the same of synthetic images
 * @param warnings what limits the numbers
 */
record MetricsFidelityResult(
    FidelityScores scores,
    @Nullable Memorisation memorisation,
    double similarityOfReal,
    double similarityOfSynthetic,
    List<String> warnings) {
  MetricsFidelityResult {
    warnings = List.copyOf(warnings);
  }

  static MetricsFidelityResult of(
      FidelityScores scores,
      @Nullable Memorisation memorisation,
      MetricsImageSet real,
      MetricsImageSet synthetic,
      int pairs,
      long seed)
      throws IOException {
    List<String> warnings = new ArrayList<>(scores.warnings());
    if (memorisation != null && memorisation.copies() > 0) {
      warnings.add(
          memorisation.copies()
              + " synthetic images have the very features of a training image: copies?");
    }
    return new MetricsFidelityResult(
        scores,
        memorisation,
        pairs == 0 ? Double.NaN : real.meanSimilarity(pairs, seed, warnings),
        pairs == 0 ? Double.NaN : synthetic.meanSimilarity(pairs, seed, warnings),
        warnings);
  }

  List<String> lines() {
    List<List<String>> rows = new ArrayList<>();
    String set = " (" + scores.featureSet() + ")";
    rows.add(List.of("Fréchet distance" + set, MetricsNumber.cell(scores.frechet())));
    rows.add(
        List.of(
            "kernel distance" + set,
            String.format(
                Locale.ROOT,
                "%.6f +- %.6f",
                scores.kernel().mean(),
                scores.kernel().standardDeviation())));
    rows.add(List.of("precision" + set, MetricsNumber.cell(scores.prdc().precision())));
    rows.add(List.of("recall" + set, MetricsNumber.cell(scores.prdc().recall())));
    rows.add(List.of("density" + set, MetricsNumber.cell(scores.prdc().density())));
    rows.add(List.of("coverage" + set, MetricsNumber.cell(scores.prdc().coverage())));
    rows.add(List.of("MS-SSIM of real pairs", MetricsNumber.cell(similarityOfReal)));
    rows.add(List.of("MS-SSIM of synthetic pairs", MetricsNumber.cell(similarityOfSynthetic)));
    List<String> lines = new ArrayList<>(TextTable.aligned(rows, 2));
    lines.add("");
    lines.add(
        "%d synthetic against %d real images on %d features in units of the real images; k = %d; kernel distance: %d subsets of %d."
            .formatted(
                scores.synthetic(),
                scores.real(),
                scores.dimension(),
                scores.prdc().k(),
                scores.kernel().subsets(),
                scores.kernel().subsetSize()));
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
                MetricsNumber.cell(memorisation.medianRatio()),
                MetricsNumber.cell(memorisation.suspiciousShare()),
                memorisation.copies()));
    lines.add("Nearest pairs, on " + memorisation.featureSet() + ":");
    for (Memorisation.Pair pair : memorisation.nearest()) {
      lines.add(
          "  %s  %s  %s"
              .formatted(MetricsNumber.cell(pair.distance()), pair.image(), pair.training()));
    }
    return lines;
  }

  private static List<String> row(String name, Memorisation.Distances distances) {
    return List.of(
        name,
        String.valueOf(distances.images()),
        MetricsNumber.cell(distances.minimum()),
        MetricsNumber.cell(distances.percentile5()),
        MetricsNumber.cell(distances.median()),
        MetricsNumber.cell(distances.percentile95()));
  }

  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("featureSet", scores.featureSet());
    json.put("dimension", scores.dimension());
    json.put("real", scores.real());
    json.put("synthetic", scores.synthetic());
    json.put("frechetDistance", MetricsNumber.json(scores.frechet()));
    json.put("kernelDistance", MetricsNumber.json(scores.kernel().mean()));
    json.put("kernelDistanceSd", MetricsNumber.json(scores.kernel().standardDeviation()));
    json.put("kernelSubsets", scores.kernel().subsets());
    json.put("kernelSubsetSize", scores.kernel().subsetSize());
    json.put("k", scores.prdc().k());
    json.put("precision", scores.prdc().precision());
    json.put("recall", scores.prdc().recall());
    json.put("density", scores.prdc().density());
    json.put("coverage", scores.prdc().coverage());
    json.put("msSsimReal", MetricsNumber.json(similarityOfReal));
    json.put("msSsimSynthetic", MetricsNumber.json(similarityOfSynthetic));
    json.put("memorisation", memorisation == null ? null : memorisation(memorisation));
    json.put("warnings", warnings);
    return json;
  }

  private static Map<String, @Nullable Object> memorisation(Memorisation memorisation) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("training", memorisation.training());
    json.put("synthetic", distances(memorisation.synthetic()));
    json.put("heldOut", distances(memorisation.heldOut()));
    json.put("medianRatio", MetricsNumber.json(memorisation.medianRatio()));
    json.put("suspiciousShare", memorisation.suspiciousShare());
    json.put("copies", memorisation.copies());
    json.put("nearest", memorisation.nearest().stream().map(MetricsFidelityResult::pair).toList());
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
