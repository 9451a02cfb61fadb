package dev.synthorax.training.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.training.stage.SettingsFile;
import dev.synthorax.training.stage.StageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SettingsFileTest {
  private static final String GOOD =
      """
      {"seed": 1, "labels": ["a"], "newHead": false, "steps": 3, "batchSize": 2, "peakLearningRate": 1e-3,
       "warmupSteps": 1, "positiveWeights": [], "publish": "best",
       "variation": {"contrast": 0.1, "brightness": 0, "grain": 0, "shift": 0, "turn": 0, "size": 0, "flip": 0},
       "heldOut": {"share": 0.1, "most": 9, "everySteps": 4}}
      """;

  @TempDir Path folder;

  private ReaderSettings read(String json) throws IOException {
    Path file = folder.resolve("recipe.json");
    Files.writeString(file, json);
    return SettingsFile.read(file, ReaderSettings.class);
  }

  @Test
  void read_everyField_isTaken() throws IOException {
    ReaderSettings settings = read(GOOD);

    assertThat(settings.labels()).containsExactly("a");
    assertThat(settings.stage()).isEqualTo(new StageSettings(3, 2, 1e-3, 1));
    assertThat(settings.publish()).isEqualTo(ReaderSettings.Publish.BEST);
    assertThat(settings.heldOut()).isEqualTo(new Split.Settings(0.1, 9, 4));
    assertThat(settings.variation()).isEqualTo(new FilmVariation.Strength(0.1, 0, 0, 0, 0, 0, 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"seed\": 1, | '' | seed",
        "\"steps\": 3 | \"steps\": 3, \"step\": 4 | step: unknown",
        "\"steps\": 3 | \"steps\": 0 | steps 0, batchSize 2 (expected: at least 1)",
        "\"steps\": 3 | \"steps\": null | steps",
        "\"steps\": 3 | \"steps\": \"many\" | steps",
        "\"batchSize\": 2 | \"batchSize\": 2.5 | batchSize",
        "1e-3 | -1 | peak -1.0",
        "[\"a\"] | [] | labels [] (expected: at least one, each a name that comes once)",
        "[\"a\"] | [\"a\", \"a\"] | labels [a, a]",
        "[] | [1, 2] | positiveWeights [1.0, 2.0] (expected: none, or 1 positive numbers",
        "[] | [-1] | positiveWeights [-1.0]",
        "\"turn\": 0 | \"turn\": 200 | variation: contrast 0.1",
        "\"most\": 9 | \"most\": 0 | heldOut: share 0.1, most 0",
        "\"best\" | \"worst\" | publish",
        "{ | [ | recipe.json",
        "\"seed\": 1 | \"seed\"; 1 | not JSON"
      })
  void read_wrongField_namesFileAndField(String from, String to, String message) {
    assertThatThrownBy(() -> read(GOOD.replace(from, to)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("recipe.json: ", message);
  }
}
