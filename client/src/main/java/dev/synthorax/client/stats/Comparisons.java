package dev.synthorax.client.stats;

import dev.synthorax.client.metrics.LabelMetric;
import dev.synthorax.client.table.TableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All comparisons of a file: one family.
 *
 * @param file the file's name
 * @param kind what its rows are about
 * @param plan what was asked for
 * @param all the comparisons, tasks in order of appearance, in each the arms in theirs
 * @param warnings what the reader must know about the file and each comparison
 */
public record Comparisons(
    String file,
    ScoreFile.Kind kind,
    ComparisonPlan plan,
    List<Comparison> all,
    List<String> warnings) {
  /** Copies the lists. */
  public Comparisons {
    all = List.copyOf(all);
    warnings = List.copyOf(warnings);
  }

  /**
   * Compares every arm with the baseline in every task.
   *
   * @throws TableException if the file cannot be read or its units cannot be paired
   * @throws IllegalArgumentException if the plan asks for an arm, a metric or a test that the file
   *     does not have
   */
  public static Comparisons of(ScoreFile file, ComparisonPlan plan) throws TableException {
    requireKnown(file, plan);
    requireTestFits(file, plan);
    Pairing pairing =
        Pairing.of(
            file.file(),
            file.kind() == ScoreFile.Kind.RUNS ? "seed" : "image",
            file.arms(),
            plan.baseline(),
            file.scores(plan.metric(), plan.threshold()));
    if (pairing.pairs().isEmpty()) {
      throw new TableException(
          file.file()
              + ": no rows of '"
              + plan.metric()
              + "' but of '"
              + plan.baseline()
              + "' (expected: at least one other arm)");
    }
    List<TestResult> results = new ArrayList<>();
    for (PairedScores pairs : pairing.pairs()) {
      requireClasses(file, plan, pairs);
      results.add(withClusterWarning(run(pairs, plan), pairs, plan));
    }
    @Nullable Double[] adjusted =
        plan.adjustment().adjust(results.stream().map(TestResult::pValue).toArray(Double[]::new));
    List<Comparison> all = new ArrayList<>();
    List<String> warnings = new ArrayList<>(pairing.warnings());
    for (int i = 0; i < results.size(); i++) {
      Comparison comparison =
          comparison(
              file.kind(),
              plan,
              pairing.pairs().get(i),
              results.get(i),
              adjusted[i],
              results.size());
      all.add(comparison);
    }
    warnings.addAll(warningsOf(all));
    return new Comparisons(file.file(), file.kind(), plan, all, warnings);
  }

  /**
   * Returns a comparison in words: what was tested, on what unit, and what was found.
   *
   * @param comparison one of {@link #all}
   */
  public String sentence(Comparison comparison) {
    return Sentence.of(kind, plan, comparison, all.size());
  }

  /** Returns what limits the comparisons, each thing once: what no {@link #sentence} repeats. */
  public List<String> caveats() {
    return Sentence.caveats(kind, plan, all);
  }

  /** Returns each warning of the tests once, with the comparisons that it is about. */
  private static List<String> warningsOf(List<Comparison> all) {
    Map<String, List<String>> places = new LinkedHashMap<>();
    for (Comparison comparison : all) {
      for (String warning : comparison.result().warnings()) {
        places.computeIfAbsent(warning, _ -> new ArrayList<>()).add(comparison.name());
      }
    }
    List<String> warnings = new ArrayList<>();
    places.forEach(
        (warning, names) ->
            warnings.add(
                (names.size() > 1 && names.size() == all.size()
                        ? "all comparisons"
                        : String.join("; ", names))
                    + ": "
                    + warning));
    return warnings;
  }

  private static void requireKnown(ScoreFile file, ComparisonPlan plan) throws TableException {
    if (!file.arms().contains(plan.baseline())) {
      throw new IllegalArgumentException(
          "--baseline: '" + plan.baseline() + "' " + expected(file, "an arm", file.arms()));
    }
    if (!file.metrics().contains(plan.metric())) {
      throw new IllegalArgumentException(
          "--metric: '" + plan.metric() + "' " + expected(file, "a metric", file.metrics()));
    }
  }

  private static String expected(ScoreFile file, String what, List<?> known) {
    return "(expected: "
        + what
        + " of "
        + file.file()
        + ": "
        + known.stream().map(String::valueOf).collect(Collectors.joining(", "))
        + ")";
  }

  private static void requireTestFits(ScoreFile file, ComparisonPlan plan) {
    boolean predictions = file.kind() == ScoreFile.Kind.PREDICTIONS;
    boolean auroc = predictions && plan.metric().equals(LabelMetric.AUROC);
    String wanted =
        switch (plan.test()) {
          case PairedTest.DeLong() -> auroc ? "" : "predictions and --metric auroc";
          case PairedTest.McNemar() ->
              predictions && !auroc ? "" : "predictions and --metric accuracy";
          case PairedTest.NadeauBengio _ ->
              file.kind() == ScoreFile.Kind.RUNS ? "" : "runs, one for each resample or fold";
          case PairedTest.Bootstrap _ ->
              file.kind() == ScoreFile.Kind.RUNS ? "per-image scores or predictions" : "";
          case PairedTest.PairedT(), PairedTest.Wilcoxon(), PairedTest.Permutation _ ->
              auroc ? "a metric that each run or image has; for auroc delong or bootstrap" : "";
        };
    if (!wanted.isEmpty()) {
      throw new IllegalArgumentException(
          "--test: "
              + plan.test().wireName()
              + " of '"
              + plan.metric()
              + "' in "
              + file.kind().words()
              + " (expected: "
              + wanted
              + ")");
    }
  }

  private static void requireClasses(ScoreFile file, ComparisonPlan plan, PairedScores pairs)
      throws TableException {
    if (file.kind() != ScoreFile.Kind.PREDICTIONS || !plan.metric().equals(LabelMetric.AUROC)) {
      return;
    }
    int positives = 0;
    for (boolean positive : pairs.truth()) {
      positives += positive ? 1 : 0;
    }
    if (positives < 2 || pairs.n() - positives < 2) {
      throw new TableException(
          "%s: truth%s: %d positive and %d negative images (expected: at least 2 of each for an AUROC)"
              .formatted(
                  file.file(),
                  pairs.task().isEmpty() ? "" : " of task '" + pairs.task() + "'",
                  positives,
                  pairs.n() - positives));
    }
  }

  private static TestResult run(PairedScores pairs, ComparisonPlan plan) {
    Alternative alternative = plan.alternative();
    double confidence = plan.confidence();
    return switch (plan.test()) {
      case PairedTest.PairedT() -> PairedTTest.of(pairs.differences(), alternative, confidence);
      case PairedTest.NadeauBengio(double ratio) ->
          PairedTTest.corrected(pairs.differences(), ratio, alternative, confidence);
      case PairedTest.Wilcoxon() -> WilcoxonTest.of(pairs.differences(), alternative, confidence);
      case PairedTest.Permutation(Resampling resampling) ->
          PermutationTest.of(
              pairs.differences(), pairs.clusters(), resampling, alternative, confidence);
      case PairedTest.Bootstrap(Resampling resampling, ClusterBootstrap.IntervalMethod method) ->
          plan.metric().equals(LabelMetric.AUROC)
              ? ClusterBootstrap.of(
                  new AurocDifference(pairs.truth(), pairs.armValues(), pairs.baselineValues()),
                  pairs.clusters(),
                  resampling,
                  method,
                  alternative,
                  confidence)
              : ClusterBootstrap.ofMean(
                  pairs.differences(),
                  pairs.clusters(),
                  resampling,
                  method,
                  alternative,
                  confidence);
      case PairedTest.McNemar() -> mcNemar(pairs, alternative, confidence);
      case PairedTest.DeLong() ->
          DeLongTest.of(
              pairs.truth(), pairs.armValues(), pairs.baselineValues(), alternative, confidence);
    };
  }

  private static TestResult mcNemar(
      PairedScores pairs, Alternative alternative, double confidence) {
    int onlyArm = 0;
    int onlyBaseline = 0;
    for (double difference : pairs.differences().values()) {
      onlyArm += difference > 0 ? 1 : 0;
      onlyBaseline += difference < 0 ? 1 : 0;
    }
    return McNemarTest.of(onlyArm, onlyBaseline, pairs.n(), alternative, confidence);
  }

  private static TestResult withClusterWarning(
      TestResult result, PairedScores pairs, ComparisonPlan plan) {
    if (pairs.clusters().areSingletons() || plan.test().keepsPatientsTogether()) {
      return result;
    }
    return result.withWarning(
        "%d images of only %d patients: this test takes images for independent, so its p-value is too small; --test bootstrap or permutation keep patients together"
            .formatted(pairs.n(), pairs.clusters().count()));
  }

  private static Comparison comparison(
      ScoreFile.Kind kind,
      ComparisonPlan plan,
      PairedScores pairs,
      TestResult result,
      @Nullable Double pAdjusted,
      int family) {
    boolean auroc = kind == ScoreFile.Kind.PREDICTIONS && plan.metric().equals(LabelMetric.AUROC);
    Differences differences = pairs.differences();
    double alpha = plan.adjustment().strictestAlpha(plan.alpha(), family);
    return new Comparison(
        pairs.arm(),
        pairs.task(),
        pairs.n(),
        pairs.clusters().count(),
        estimate(auroc, pairs.truth(), pairs.armValues()),
        estimate(auroc, pairs.truth(), pairs.baselineValues()),
        result,
        pAdjusted,
        auroc ? null : EffectSize.of(differences),
        auroc || !pairs.clusters().areSingletons()
            ? null
            : Detectable.of(differences, alpha, plan.alternative()));
  }

  private static double estimate(boolean auroc, boolean[] truth, double[] values) {
    if (!auroc) {
      return Arrays.stream(values).average().orElseThrow();
    }
    int[] once = new int[values.length];
    Arrays.fill(once, 1);
    return AurocDifference.auroc(truth, values, once);
  }
}
