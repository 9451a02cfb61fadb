package dev.synthorax.training.drawing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.training.stage.Label;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CaptionsTest {
  private static final Captions CAPTIONS =
      new Captions(
          List.of(
              new Captions.Part("view", "{} view", 0.5, 0),
              new Captions.Part("age", "{} years", 0.25, 10),
              new Captions.Part("source", "film", 0.8, 0)));

  private static Label label(String prompt, List<String> findings, Map<String, String> more) {
    return new Label("a", prompt, findings, null, more, null);
  }

  @Test
  void whole_everyAttributeThereIs_isSaidInOrder() {
    Label label =
        label("left effusion", List.of(), Map.of("source", "b", "view", "AP", "age", "57"));

    assertThat(CAPTIONS.whole(label)).isEqualTo("left effusion, AP view, 50 years, film");
    assertThat(CAPTIONS.whole(label("left effusion", List.of(), Map.of("age", "old"))))
        .isEqualTo("left effusion, old years");
  }

  @Test
  void drawn_partsWhoseDrawIsHigh_areLeftOut() {
    Label label = label("edema", List.of(), Map.of("view", "AP", "age", "57", "source", "b"));
    float[] draws = {0, 0, 0, 0.6f, 0.2f, 0.9f};

    assertThat(CAPTIONS.drawn(label, draws, 3)).isEqualTo("edema, 50 years");
  }

  @Test
  void whole_withoutPrompt_saysTheFindings() {
    assertThat(CAPTIONS.whole(label("", List.of("pleural_effusion", "edema"), Map.of())))
        .isEqualTo("pleural effusion and edema");
    assertThat(CAPTIONS.whole(label("", List.of("normal"), Map.of())))
        .isEqualTo("no acute findings");
    assertThat(CAPTIONS.whole(label("", List.of(), Map.of("view", "PA")))).isEqualTo("PA view");
  }

  @Test
  void part_shareOutOfRange_isRefused() {
    assertThatThrownBy(() -> new Captions.Part("view", "{}", 1.5, 0))
        .hasMessageContaining("view: keep 1.5, round 0 (expected: 0 to 1, at least 0)");
  }
}
