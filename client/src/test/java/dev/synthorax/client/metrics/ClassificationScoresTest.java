package dev.synthorax.client.metrics;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClassificationScoresTest {
  private static final LabelScores EDEMA =
      label("edema", new boolean[] {true, false, true, false}, 0.9, 0.6, 0.7, 0.1);

  private static LabelScores label(String name, boolean[] truth, double... scores) {
    return LabelScores.of(
        name, List.of("a", "b", "c", "d").subList(0, truth.length), truth, scores);
  }

  @Test
  void of_thresholdsOfValidation_areAppliedToTest() {
    LabelScores validation = label("edema", new boolean[] {true, false, false}, 0.8, 0.75, 0.7);
    Thresholds thresholds = Thresholds.maximizingF1(new ValidationScores(List.of(validation)));

    ClassificationScores scores =
        ClassificationScores.of(new TestScores(List.of(EDEMA)), thresholds, ZeroDivision.ZERO);

    ClassificationScores.LabelResult result = scores.labels().getFirst();
    assertThat(requireNonNull(result.atThreshold()).threshold()).isEqualTo(0.8);
    assertThat(requireNonNull(result.atThreshold()).confusion())
        .isEqualTo(new Confusion(1, 0, 1, 2));
    assertThat(requireNonNull(result.atHalf()).confusion()).isEqualTo(new Confusion(2, 1, 0, 1));
    assertThat(requireNonNull(scores.atThresholds()).macro()).isEqualTo(2.0 / 3);
  }

  @Test
  void of_noThresholdsAndLogits_leavesThemOut() {
    LabelScores logits = label("edema", new boolean[] {true, false}, 2.5, -1);

    ClassificationScores scores =
        ClassificationScores.of(new TestScores(List.of(logits)), null, ZeroDivision.ZERO);

    assertThat(scores.macroAuroc()).isEqualTo(1);
    assertThat(scores.atThresholds()).isNull();
    assertThat(scores.atHalf()).isNull();
    assertThat(scores.labels().getFirst().calibration()).isNull();
  }

  @Test
  void of_oneClass_hasNoAuroc() {
    LabelScores negatives = label("edema", new boolean[] {false, false}, 0.2, 0.4);

    ClassificationScores scores =
        ClassificationScores.of(new TestScores(List.of(negatives)), null, ZeroDivision.ZERO);

    assertThat(scores.labels().getFirst().auroc()).isNaN();
    assertThat(scores.labels().getFirst().averagePrecision()).isNaN();
    assertThat(scores.macroAuroc()).isNaN();
  }

  @Test
  void samplesF1_imagesWithoutSomeLabel_hasNoValue() {
    LabelScores fewer = label("pneumonia", new boolean[] {true, false}, 0.9, 0.2);

    F1Averages averages = F1Averages.of(List.of(EDEMA, fewer), _ -> 0.5, ZeroDivision.ZERO);

    assertThat(averages.samples()).isNaN();
    assertThat(averages.macro()).isEqualTo((0.8 + 1) / 2);
  }

  @Test
  void macroF1_undefinedLabel_isLeftOut() {
    LabelScores none = label("pneumonia", new boolean[] {false, false, false, false}, 0, 0, 0, 0);

    F1Averages averages = F1Averages.of(List.of(EDEMA, none), _ -> 0.5, ZeroDivision.UNDEFINED);

    assertThat(averages.macro()).isEqualTo(0.8);
  }

  @Test
  void maximizingF1_noPositive_namesTheLabel() {
    LabelScores negatives = label("edema", new boolean[] {false}, 0.2);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Thresholds.maximizingF1(new ValidationScores(List.of(negatives))))
        .withMessageContaining("label 'edema': no positive among 1 validation images");
  }

  @Test
  void thresholdOf_labelNotInValidation_listsTheKnown() {
    Thresholds thresholds = Thresholds.maximizingF1(new ValidationScores(List.of(EDEMA)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> thresholds.of("fracture"))
        .withMessageContaining("'fracture': no threshold")
        .withMessageContaining("edema");
  }

  @Test
  void labelScores_nanOrTwice_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> label("edema", new boolean[] {true}, Double.NaN))
        .withMessageContaining("score of a: NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                LabelScores.of("edema", List.of("a", "a"), new boolean[2], new double[] {0.1, 0.2}))
        .withMessageContaining("image a twice");
  }

  @Test
  void brier_scoresOutsideZeroToOne_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Calibration.brier(label("edema", new boolean[] {true}, 1.5)))
        .withMessageContaining("outside 0..1");
  }
}
