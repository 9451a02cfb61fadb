package dev.synthorax.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RocCurveTest {
  @Test
  void of_tiedScores_areOneStep() {
    LabelScores label =
        LabelScores.of(
            "edema",
            List.of("a", "b", "c", "d"),
            new boolean[] {true, false, true, false},
            new double[] {0.9, 0.5, 0.5, 0.1});

    List<RocCurve.Point> curve = RocCurve.of(label);

    assertThat(curve)
        .containsExactly(
            new RocCurve.Point(Double.POSITIVE_INFINITY, 0, 0),
            new RocCurve.Point(0.9, 0, 0.5),
            new RocCurve.Point(0.5, 0.5, 1),
            new RocCurve.Point(0.1, 1, 1));
    double area = 0;
    for (int i = 1; i < curve.size(); i++) {
      area +=
          (curve.get(i).falsePositiveRate() - curve.get(i - 1).falsePositiveRate())
              * (curve.get(i).truePositiveRate() + curve.get(i - 1).truePositiveRate())
              / 2;
    }
    assertThat(area).isEqualTo(label.auroc(), Offset.offset(1e-12));
  }

  @Test
  void of_oneClass_hasNoCurve() {
    LabelScores label =
        LabelScores.of("edema", List.of("a"), new boolean[] {true}, new double[] {0.9});

    assertThat(RocCurve.of(label)).isEmpty();
  }
}
