package dev.synthorax.training.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.training.stage.Label;
import dev.synthorax.training.tuning.PreferencePair.Scores;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PreferencePairTest {
  private static Label label(String id, Map<String, String> attributes) {
    return new Label(id, "", List.of(), null, attributes, null);
  }

  private static Label text(String id, String item, String score) {
    return label(id, Map.of("item", item, "text_score", score));
  }

  @Test
  void of_severalImagesOfAnItem_pairsAllThatDifferOnce() {
    List<PreferencePair> pairs =
        PreferencePair.of(
            List.of(
                text("a", "1", "3"),
                text("b", "1", "5"),
                text("c", "1", "3"),
                text("d", "2", "0")));

    assertThat(pairs)
        .containsExactly(
            new PreferencePair(0, 1, new Scores(3, 5), null),
            new PreferencePair(1, 2, new Scores(5, 3), null));
  }

  @Test
  void of_bothScores_dropsTheTieAlone() {
    List<PreferencePair> pairs =
        PreferencePair.of(
            List.of(
                label("a", Map.of("item", "1", "text_score", "4", "mask_score", "1")),
                label("b", Map.of("item", "1", "text_score", "4", "mask_score", "2.5"))));

    assertThat(pairs).containsExactly(new PreferencePair(0, 1, null, new Scores(1, 2.5)));
  }

  @Test
  void of_samplesWithoutScore_leavesThemOut() {
    List<PreferencePair> pairs =
        PreferencePair.of(
            List.of(
                label("x", Map.of()),
                text("a", "1", "3"),
                label("y", Map.of("item", "1")),
                text("b", "1", "2")));

    assertThat(pairs).containsExactly(new PreferencePair(1, 3, new Scores(3, 2), null));
  }

  @Test
  void of_onlyTiesAndSingles_isRefused() {
    assertThatThrownBy(
            () ->
                PreferencePair.of(
                    List.of(text("a", "1", "3"), text("b", "1", "3"), text("c", "2", "1"))))
        .hasMessage(
            "samples: no pair in 2 rated items (expected: two images of one item with unequal"
                + " text_score or mask_score)");
  }

  @Test
  void of_brokenAttributes_namesThemAll() {
    assertThatThrownBy(
            () ->
                PreferencePair.of(
                    List.of(
                        text("a", "1", "6"),
                        text("b", "1", "good"),
                        label("c", Map.of("mask_score", "2")))))
        .hasMessage(
            "samples: a: text_score 6; b: text_score good; c: no item (expected: attributes item,"
                + " and text_score or mask_score of 0 to 5)");
  }
}
