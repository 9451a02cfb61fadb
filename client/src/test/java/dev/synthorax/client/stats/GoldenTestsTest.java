package dev.synthorax.client.stats;

import static dev.synthorax.client.stats.GoldenForTests.CLOSED_FORM;
import static dev.synthorax.client.stats.GoldenForTests.cases;
import static dev.synthorax.client.stats.GoldenForTests.flags;
import static dev.synthorax.client.stats.GoldenForTests.numbers;
import static dev.synthorax.client.stats.GoldenForTests.texts;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.synthorax.client.stats.ClusterBootstrap.IntervalMethod;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every test against values computed outside this project. */
class GoldenTestsTest {
  static List<JsonNode> pairedT() {
    return cases("stats/paired_t.json");
  }

  static List<JsonNode> wilcoxon() {
    return cases("stats/wilcoxon.json");
  }

  static List<JsonNode> permutation() {
    return cases("stats/permutation.json");
  }

  static List<JsonNode> mcNemar() {
    return cases("stats/mcnemar.json");
  }

  static List<JsonNode> deLong() {
    return cases("stats/delong.json");
  }

  static List<JsonNode> bootstrap() {
    return cases("stats/bootstrap.json");
  }

  static List<JsonNode> adjustment() {
    return cases("stats/adjustment.json");
  }

  static List<JsonNode> power() {
    return cases("stats/power.json");
  }

  static List<JsonNode> published() {
    return cases("stats/published.json");
  }

  @ParameterizedTest
  @MethodSource("published")
  void pairedT_publishedMeanAndInterval_givesThePublishedP(JsonNode golden) {
    double mean = golden.get("mean").doubleValue();
    int n = golden.get("n").intValue();
    double half = (golden.get("ciHigh").doubleValue() - golden.get("ciLow").doubleValue()) / 2;
    double deviation = half * Math.sqrt(n) / new StudentT(n - 1).quantileOfUpperTail(0.025);
    Differences differences =
        n == 3
            ? Differences.of(mean - deviation, mean, mean + deviation)
            : Differences.of(mean - deviation / Math.sqrt(2), mean + deviation / Math.sqrt(2));

    TestResult result = PairedTTest.of(differences, Alternative.GREATER, 0.95);

    assertThat(String.format(Locale.ROOT, "%.4f", result.pValue()))
        .isEqualTo(golden.get("p").textValue());
    Interval interval = requireNonNull(result.interval());
    assertThat(interval.low()).isCloseTo(golden.get("ciLow").doubleValue(), CLOSED_FORM);
    assertThat(interval.high()).isCloseTo(golden.get("ciHigh").doubleValue(), CLOSED_FORM);
  }

  @ParameterizedTest
  @MethodSource("pairedT")
  void pairedT_randomDifferences_agreesWithScipy(JsonNode golden) {
    Differences differences = Differences.of(numbers(golden.get("differences")));

    assertThat(PairedTTest.of(differences, Alternative.LESS, 0.95).statistic())
        .isCloseTo(golden.get("t").doubleValue(), CLOSED_FORM);
    assertPValues(golden, side -> PairedTTest.of(differences, side, 0.95));
    for (double confidence : new double[] {0.9, 0.95, 0.99}) {
      assertInterval(
          golden.get("ci" + confidence),
          PairedTTest.of(differences, Alternative.GREATER, confidence));
    }
  }

  @ParameterizedTest
  @MethodSource("pairedT")
  void corrected_randomDifferences_agreesWithNadeauBengio(JsonNode golden) {
    Differences differences = Differences.of(numbers(golden.get("differences")));
    JsonNode expected = golden.get("nadeauBengio");
    double ratio = expected.get("ratio").doubleValue();

    TestResult result = PairedTTest.corrected(differences, ratio, Alternative.LESS, 0.95);

    assertThat(result.statistic()).isCloseTo(expected.get("t").doubleValue(), CLOSED_FORM);
    assertInterval(expected.get("ci"), result);
    assertPValues(expected, side -> PairedTTest.corrected(differences, ratio, side, 0.95));
  }

  @ParameterizedTest
  @MethodSource("wilcoxon")
  void wilcoxon_tiesZerosAndSizes_agreesAndSaysItsForm(JsonNode golden) {
    Differences differences = Differences.of(numbers(golden.get("differences")));

    TestResult result = WilcoxonTest.of(differences, Alternative.GREATER, 0.95);

    assertThat(result.statistic()).isEqualTo(golden.get("statistic").doubleValue());
    assertThat(result.method()).contains(", " + golden.get("form").textValue());
    assertPValues(golden, side -> WilcoxonTest.of(differences, side, 0.95));
  }

  @ParameterizedTest
  @MethodSource("permutation")
  void permutation_fewClusters_agreesWithAllFlips(JsonNode golden) {
    Differences differences = Differences.of(numbers(golden.get("differences")));
    Clusters clusters = Clusters.ofNames(texts(golden.get("clusters")));

    assertPValues(
        golden, side -> PermutationTest.of(differences, clusters, Resampling.DEFAULT, side, 0.95));
  }

  @ParameterizedTest
  @MethodSource("mcNemar")
  void mcNemar_randomTables_agreesAndSaysItsForm(JsonNode golden) {
    int b = golden.get("b").intValue();
    int c = golden.get("c").intValue();
    int n = golden.get("n").intValue();

    TestResult result = McNemarTest.of(b, c, n, Alternative.GREATER, 0.95);

    assertThat(result.method().contains("exact")).isEqualTo(golden.get("exact").booleanValue());
    assertInterval(golden.get("ci"), result);
    assertPValues(golden, side -> McNemarTest.of(b, c, n, side, 0.95));
  }

  @ParameterizedTest
  @MethodSource("deLong")
  void deLong_randomScores_agreesWithAllPairs(JsonNode golden) {
    boolean[] truth = flags(golden.get("truth"));
    double[] arm = numbers(golden.get("arm"));
    double[] baseline = numbers(golden.get("baseline"));

    TestResult result = DeLongTest.of(truth, arm, baseline, Alternative.GREATER, 0.95);

    assertThat(result.estimate()).isCloseTo(golden.get("difference").doubleValue(), CLOSED_FORM);
    assertThat(result.statistic()).isCloseTo(golden.get("z").doubleValue(), CLOSED_FORM);
    assertInterval(golden.get("ci"), result);
    assertPValues(golden, side -> DeLongTest.of(truth, arm, baseline, side, 0.95));
  }

  @ParameterizedTest
  @MethodSource("bootstrap")
  void bootstrap_patientsWithSeveralImages_agreesWithTheSameDraws(JsonNode golden) {
    Resampling resampling =
        new Resampling(golden.get("count").intValue(), golden.get("seed").longValue());
    Clusters clusters = Clusters.ofNames(texts(golden.get("clusters")));
    WeightedStatistic statistic =
        golden.has("truth")
            ? new AurocDifference(
                flags(golden.get("truth")),
                numbers(golden.get("arm")),
                numbers(golden.get("baseline")))
            : WeightedStatistic.mean(Differences.of(numbers(golden.get("differences"))));

    TestResult percentile =
        ClusterBootstrap.of(
            statistic, clusters, resampling, IntervalMethod.PERCENTILE, Alternative.GREATER, 0.95);
    TestResult bca =
        ClusterBootstrap.of(
            statistic, clusters, resampling, IntervalMethod.BCA, Alternative.GREATER, 0.95);

    assertThat(bca.estimate()).isCloseTo(golden.get("estimate").doubleValue(), CLOSED_FORM);
    assertInterval(golden.get("percentile"), percentile);
    assertInterval(golden.get("bca"), bca);
    assertPValues(
        golden,
        side ->
            ClusterBootstrap.of(statistic, clusters, resampling, IntervalMethod.BCA, side, 0.95));
  }

  @ParameterizedTest
  @MethodSource("adjustment")
  void adjust_randomFamilies_agreesWithStatsmodels(JsonNode golden) {
    Double[] p = boxed(golden.get("p"));

    for (Adjustment adjustment : List.of(Adjustment.BONFERRONI, Adjustment.HOLM, Adjustment.BH)) {
      Double[] expected = boxed(golden.get(adjustment.wireName()));
      assertThat(adjustment.adjust(p))
          .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-10 ? 0 : Double.compare(a, b))
          .containsExactly(expected);
    }
    assertThat(Adjustment.NONE.adjust(p)).containsExactly(p);
  }

  @ParameterizedTest
  @MethodSource("power")
  void power_grid_agreesWithTheNoncentralT(JsonNode golden) {
    for (Alternative side : Alternative.values()) {
      double power =
          TTestPower.power(
              golden.get("n").intValue(),
              golden.get("dz").doubleValue(),
              golden.get("alpha").doubleValue(),
              side);

      assertThat(power).isCloseTo(golden.get(side.wireName()).doubleValue(), CLOSED_FORM);
    }
  }

  @ParameterizedTest
  @EnumSource(Alternative.class)
  void minimumDetectableEffect_anySize_hasThePowerAskedFor(Alternative side) {
    for (int n : new int[] {2, 3, 5, 20, 300}) {
      double dz = TTestPower.minimumDetectableEffect(n, 0.8, 0.05, side);
      double signed = side == Alternative.LESS ? -dz : dz;

      assertThat(TTestPower.power(n, signed, 0.05, side)).isCloseTo(0.8, CLOSED_FORM);
      assertThat(TTestPower.pairsNeeded(signed * 1.000001, 0.8, 0.05, side)).isEqualTo(n);
    }
  }

  private static Double[] boxed(JsonNode array) {
    return Arrays.stream(numbers(array)).boxed().toArray(Double[]::new);
  }

  private static void assertInterval(JsonNode expected, TestResult result) {
    Interval interval = requireNonNull(result.interval());
    assertThat(interval.low()).isCloseTo(expected.get(0).doubleValue(), CLOSED_FORM);
    assertThat(interval.high()).isCloseTo(expected.get(1).doubleValue(), CLOSED_FORM);
  }

  private static void assertPValues(JsonNode golden, Function<Alternative, TestResult> test) {
    for (Alternative side : Alternative.values()) {
      TestResult result = test.apply(side);

      assertThat(result.pValue())
          .as(side.wireName())
          .isCloseTo(golden.get("p").get(side.wireName()).doubleValue(), CLOSED_FORM);
      assertThat(result.pValueTwoSided())
          .isCloseTo(golden.get("p").get("two-sided").doubleValue(), CLOSED_FORM);
    }
  }
}
