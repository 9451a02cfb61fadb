package dev.synthorax.client.stats;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Comparisons as the maps and lists of a JSON document. Absent numbers are null, never NaN. */
public final class ComparisonJson {
  private ComparisonJson() {}

  /** Returns the whole document: the comparisons first, then what they share. */
  public static Map<String, @Nullable Object> of(Comparisons comparisons) {
    ComparisonPlan plan = comparisons.plan();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put(
        "comparisons",
        comparisons.all().stream().map(each -> comparison(comparisons, each)).toList());
    json.put("file", comparisons.file());
    json.put("baseline", plan.baseline());
    json.put("metric", plan.metric().wireName());
    json.put("test", plan.test().wireName());
    json.put("alternative", plan.alternative().wireName());
    json.put("confidence", plan.confidence());
    json.put("unit", comparisons.kind() == ScoreFile.Kind.RUNS ? "seed" : "image");
    json.put("adjustment", plan.adjustment().wireName());
    json.put("family", "all comparisons of this document");
    json.put("familySize", comparisons.all().size());
    json.put("caveats", comparisons.caveats());
    json.put("warnings", List.copyOf(comparisons.warnings()));
    return json;
  }

  private static Map<String, @Nullable Object> comparison(
      Comparisons comparisons, Comparison comparison) {
    TestResult result = comparison.result();
    Interval interval = result.interval();
    EffectSize effect = comparison.effectSize();
    Detectable detectable = comparison.detectable();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("arm", comparison.arm());
    json.put("task", comparison.task().isEmpty() ? null : comparison.task());
    json.put("n", comparison.n());
    json.put("meanDifference", result.estimate());
    json.put("ciLow", interval == null ? null : interval.low());
    json.put("ciHigh", interval == null ? null : interval.high());
    json.put("statistic", result.statistic());
    json.put("df", result.df());
    json.put("pValue", result.pValue());
    json.put("pAdjusted", comparison.pAdjusted());
    json.put("pValueTwoSided", result.pValueTwoSided());
    json.put("statisticName", result.statisticName());
    json.put("method", result.method());
    json.put("ciMethod", result.intervalMethod());
    json.put("armEstimate", comparison.armEstimate());
    json.put("baselineEstimate", comparison.baselineEstimate());
    json.put("clusters", comparison.clusters());
    json.put("effectSizeDz", effect == null ? null : effect.dz());
    json.put("effectSizeHedges", effect == null ? null : effect.hedges());
    json.put("alpha", detectable == null ? null : detectable.alpha());
    json.put("minimumDetectableDz", detectable == null ? null : detectable.dz());
    json.put("minimumDetectableDifference", detectable == null ? null : detectable.difference());
    json.put("powerForLargeEffect", detectable == null ? null : detectable.powerForLargeEffect());
    json.put("sentence", comparisons.sentence(comparison));
    json.put("warnings", result.warnings());
    return json;
  }
}
