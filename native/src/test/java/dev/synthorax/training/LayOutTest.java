package dev.synthorax.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LayOutTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path work;

  private static JsonNode json(String text) throws IOException {
    return MAPPER.readTree(text);
  }

  private JsonNode written(String file) throws IOException {
    return json(Files.readString(work.resolve(file)));
  }

  @Test
  void layOut_overrides_changeTheirFieldsAndLeaveTheRest() throws IOException {
    Recipes.layOut(
        "cxr-mini",
        work,
        Map.of(
            "recipe", json("{\"seed\": 5, \"diffusion\": {\"steps\": 7}}"),
            "unet", json("{\"block_out_channels\": [8, 16, 16]}")));

    assertThat(written("recipe.json").path("seed").asInt()).isEqualTo(5);
    assertThat(written("recipe.json").at("/diffusion/steps").asInt()).isEqualTo(7);
    assertThat(written("recipe.json").at("/diffusion/batchSize").asInt()).isPositive();
    assertThat(written("pipeline/unet/config.json").path("block_out_channels"))
        .isEqualTo(json("[8, 16, 16]"));
    assertThat(work.resolve("pipeline/scheduler/scheduler_config.json")).isRegularFile();
  }

  @Test
  void layOut_networkOfAnotherClass_replacesTheConfiguration() throws IOException {
    String dense = "{\"_class_name\": \"DenseNet\", \"growth_rate\": 16}";

    Recipes.layOut("classifier", work, Map.of("config", json(dense)));

    assertThat(written("config.json")).isEqualTo(json(dense));
  }

  @Test
  void layOut_again_keepsWhatIsThereButForTheOverrides() throws IOException {
    Recipes.layOut("segmenter", work, Map.of("recipe", json("{\"seed\": 5, \"steps\": 9}")));

    Recipes.layOut("segmenter", work, Map.of("recipe", json("{\"steps\": 4}")));
    Recipes.layOut("segmenter", work, Map.of());

    assertThat(written("recipe.json").path("seed").asInt()).isEqualTo(5);
    assertThat(written("recipe.json").path("steps").asInt()).isEqualTo(4);
  }

  @Test
  void layOut_wrongOverrides_areAllNamedAndNothingIsWritten() {
    assertThatThrownBy(
            () ->
                Recipes.layOut(
                    "segmenter",
                    work,
                    Map.of(
                        "recipes", json("{}"),
                        "recipe", json("{\"step\": 4, \"seed\": \"many\"}"),
                        "config", json("3"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "settings of segmenter: recipes: unknown (nearest: recipe)",
            "recipe.step: unknown (nearest: recipe.steps)",
            "recipe.seed: \"many\" (expected: a value like 11)",
            "config: 3 (expected: fields and their values)");
    assertThat(work.resolve("recipe.json")).doesNotExist();
  }

  @Test
  void layOut_fileThatIsNotJson_cannotBeChanged() {
    assertThatThrownBy(
            () -> Recipes.layOut("cxr-mini", work, Map.of("synthorax", json("{\"a\": 1}"))))
        .hasMessageContaining("synthorax: is not JSON, so that no field of it can be set");
  }
}
