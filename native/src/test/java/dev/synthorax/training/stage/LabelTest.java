package dev.synthorax.training.stage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.training.stage.Label.Presence;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class LabelTest {
  private static Label label(String json) throws IOException {
    return Label.of(new ObjectMapper().readTree(json));
  }

  @Test
  void presence_withoutAbsentFindings_everythingElseIsAbsent() throws IOException {
    Label label = label("{\"id\":\"p\",\"prompt\":\"edema\",\"findings\":[\"edema\"]}");

    assertThat(label.presence("edema")).isEqualTo(Presence.PRESENT);
    assertThat(label.presence("mass")).isEqualTo(Presence.ABSENT);
    assertThat(label.knows("lungs")).isTrue();
  }

  @Test
  void presence_withAbsentFindings_theRestIsUnknown() throws IOException {
    Label label =
        label(
            "{\"findings\":[\"edema\"],\"absent_findings\":[\"mass\"],\"known_structures\":[\"heart\"]}");

    assertThat(label.presence("edema")).isEqualTo(Presence.PRESENT);
    assertThat(label.presence("mass")).isEqualTo(Presence.ABSENT);
    assertThat(label.presence("nodule")).isEqualTo(Presence.UNKNOWN);
    assertThat(label.knows("heart")).isTrue();
    assertThat(label.knows("lungs")).isFalse();
  }

  @Test
  void attributes_ofAnyKind_areText() throws IOException {
    assertThat(
            label("{\"attributes\":{\"sex\":\"female\",\"ctr\":0.5,\"ribs\":[\"4\",\"5\"]}}")
                .attributes())
        .containsExactly(
            java.util.Map.entry("sex", "female"),
            java.util.Map.entry("ctr", "0.5"),
            java.util.Map.entry("ribs", "4, 5"));
  }
}
