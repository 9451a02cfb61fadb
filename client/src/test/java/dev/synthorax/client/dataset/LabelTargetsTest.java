package dev.synthorax.client.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.LabelTargets.NotMentioned;
import dev.synthorax.client.dataset.LabelTargets.Target;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelTargetsTest {
  private static final List<String> LABELS = List.of("edema", "atelectasis", "fracture", "hernia");
  private static final ImageInfo INFO =
      ImageInfo.builder("i")
          .label("edema", Label.UNCERTAIN)
          .label("atelectasis", Label.POSITIVE)
          .label("fracture", Label.NEGATIVE)
          .build();

  private static Target probability(double value) {
    return new Target.Probability(value);
  }

  @ParameterizedTest
  @CsvSource({"zeros, 0", "ones, 1"})
  void of_uncertainLabel_becomesTheNumberOfThePolicy(String policy, double expected) {
    LabelTargets targets = LabelTargets.of(UncertaintyPolicy.ofWireName(policy));

    assertThat(targets.of(INFO, LABELS))
        .containsEntry("edema", probability(expected))
        .containsEntry("atelectasis", probability(1))
        .containsEntry("fracture", probability(0))
        .containsEntry("hernia", probability(0));
  }

  @Test
  void of_ignore_leavesTheUncertainLabelOut() {
    assertThat(LabelTargets.of(UncertaintyPolicy.IGNORE).of(INFO, LABELS))
        .containsOnlyKeys("atelectasis", "fracture", "hernia");
  }

  @ParameterizedTest
  @CsvSource({"multi-class", "self-trained"})
  void of_thirdClass_staysUncertain(String policy) {
    LabelTargets targets = LabelTargets.of(UncertaintyPolicy.ofWireName(policy));

    assertThat(targets.of(INFO, LABELS)).containsEntry("edema", new Target.Uncertain());
  }

  @Test
  void of_policyOfOneLabel_beatsTheGeneralOne() {
    LabelTargets targets =
        new LabelTargets(
            UncertaintyPolicy.ZEROS,
            Map.of("edema", UncertaintyPolicy.ONES),
            NotMentioned.IGNORE,
            0);

    assertThat(targets.of(INFO, LABELS))
        .containsEntry("edema", probability(1))
        .doesNotContainKey("hernia");
  }

  @Test
  void of_notMentionedNegativeIfNoFinding_looksAtNoFinding() {
    LabelTargets targets =
        new LabelTargets(UncertaintyPolicy.ZEROS, Map.of(), NotMentioned.NEGATIVE_IF_NO_FINDING, 0);
    ImageInfo healthy = INFO.toBuilder().label(ImageInfo.NO_FINDING, Label.POSITIVE).build();

    assertThat(targets.of(INFO, LABELS)).doesNotContainKey("hernia");
    assertThat(targets.of(healthy, LABELS)).containsEntry("hernia", probability(0));
  }

  @Test
  void of_smoothedOnes_drawsFromTheRangeOncePerImageLabelAndSeed() {
    double sum = 0;
    for (int i = 0; i < 2000; i++) {
      ImageInfo info = INFO.toBuilder().id("image" + i).build();
      LabelTargets targets = LabelTargets.of(UncertaintyPolicy.SMOOTHED_ONES);
      Target target = targets.of(info, LABELS).get("edema");
      assertThat(target).isEqualTo(targets.of(info, List.of("edema")).get("edema"));
      double value = target instanceof Target.Probability p ? p.value() : -1;
      assertThat(value).isBetween(0.55, 0.85);
      sum += value;
    }

    assertThat(sum / 2000).isBetween(0.69, 0.71);
  }

  @Test
  void of_smoothedWithOtherSeed_drawsOtherNumbers() {
    LabelTargets one =
        new LabelTargets(UncertaintyPolicy.SMOOTHED_ZEROS, Map.of(), NotMentioned.IGNORE, 1);
    LabelTargets two =
        new LabelTargets(UncertaintyPolicy.SMOOTHED_ZEROS, Map.of(), NotMentioned.IGNORE, 2);

    assertThat(one.of(INFO, LABELS)).isNotEqualTo(two.of(INFO, LABELS));
  }

  @Test
  void relabel_zeros_givesHardLabelsAndLeavesTheUnmentionedAlone() {
    ImageInfo hard = LabelTargets.of(UncertaintyPolicy.ZEROS).relabel(INFO);

    assertThat(hard.labels())
        .containsEntry("edema", Label.NEGATIVE)
        .containsEntry("atelectasis", Label.POSITIVE)
        .doesNotContainKey("hernia");
  }

  @Test
  void relabel_multiClass_isRefused() {
    assertThatThrownBy(() -> LabelTargets.of(UncertaintyPolicy.MULTI_CLASS).relabel(INFO))
        .hasMessageContaining("image 'i': target of edema");
  }

  @Test
  void ofWireName_unknown_listsThePolicies() {
    assertThatThrownBy(() -> UncertaintyPolicy.ofWireName("u-ones"))
        .hasMessageContaining("'u-ones'")
        .hasMessageContaining("smoothed-zeros");
  }
}
