package dev.synthorax.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.metrics.ClassificationScores.Decisions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class MetricTest {
  @Test
  void of_everyNameOfMasksAndLabels_isItsMetric() {
    List<Metric> catalogue =
        Stream.<Metric[]>of(
                MaskMetric.values(),
                LabelMetric.values(),
                DecisionMetric.values(),
                CalibrationMetric.values())
            .flatMap(Arrays::stream)
            .toList();

    assertThat(catalogue).allMatch(metric -> Metric.of(metric.wireName()).equals(metric));
    assertThat(catalogue.stream().map(Metric::wireName)).doesNotHaveDuplicates();
  }

  @Test
  void of_nameOfATrainer_isKeptAsItIs() {
    Metric metric = Metric.of("valLoss");

    assertThat(metric).isEqualTo(new Metric.Named("valLoss")).hasToString("valLoss");
    assertThat(metric.heading()).isEqualTo("valLoss");
  }

  @Test
  void of_scores_givesTheirValue() {
    MaskScores mask = new MaskScores(0.5, 0.25, 3, 0.75);
    LabelScores label =
        LabelScores.of(
            "edema",
            List.of("a", "b", "c", "d"),
            new boolean[] {true, true, false, false},
            new double[] {0.9, 0.1, 0.2, 0.3});
    Decisions decisions = Decisions.of(label, 0.5, ZeroDivision.ZERO);

    assertThat(Arrays.stream(MaskMetric.values()).map(metric -> metric.of(mask)))
        .containsExactly(0.5, 0.25, 3.0, 0.75);
    assertThat(DecisionMetric.ACCURACY.of(decisions)).isEqualTo(0.75);
    assertThat(DecisionMetric.RECALL.of(decisions)).isEqualTo(0.5);
  }
}
