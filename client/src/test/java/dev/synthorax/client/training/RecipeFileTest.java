package dev.synthorax.client.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.phantom.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeFileTest {
  @TempDir private Path folder;

  private TrainingRecipe read(String text) throws IOException {
    return RecipeFile.read(Files.writeString(folder.resolve("chest.yaml"), text));
  }

  private List<String> problems(String text) {
    RecipeException failure = catchThrowableOfType(RecipeException.class, () -> read(text));
    String file = folder.resolve("chest.yaml").toString();
    return failure.problems().stream().map(line -> line.replace(file, "chest.yaml")).toList();
  }

  @Test
  void read_everyKey_isKept() throws IOException {
    TrainingRecipe recipe =
        read(
            """
            model: chest-256
            recipe: mask-control
            base: cxr-mini
            proxy: judge
            threads: 2
            promote: false
            settings: {seed: 7, diffusion: {steps: 50}}
            networks:
              unet: {layers_per_block: 1}
            datasets:
              - folder: films
                format: folder
                split: val
                structures: [heart, chest_tube]
                size: 256
                chexmask: masks.csv
                skip-missing: true
                name: films-1
                weight: 2
              - phantom: {count: 24, size: 64, site: c, split: test, seed: 22000008, finding: edema}
                structures: lungs
              - dataset: ratings
                weight: 0.5
            """);

    assertThat(recipe.model()).isEqualTo("chest-256");
    assertThat(recipe.recipe()).isEqualTo("mask-control");
    assertThat(recipe.models()).isEqualTo(Map.of("base", "cxr-mini", "proxy", "judge"));
    assertThat(recipe.threads()).isEqualTo(2);
    assertThat(recipe.promote()).isFalse();
    assertThat(recipe.settings())
        .hasToString(
            "{recipe={\"seed\":7,\"diffusion\":{\"steps\":50}}, unet={\"layers_per_block\":1}}");
    assertThat(recipe.datasets())
        .containsExactly(
            new TrainingData.Folder(
                folder.resolve("films"),
                DatasetFormat.FOLDER,
                Split.VALIDATION,
                List.of(Structure.HEART, Structure.CHEST_TUBE),
                256,
                folder.resolve("masks.csv"),
                true,
                "films-1",
                2),
            new TrainingData.Phantom(
                Site.C,
                Split.TEST,
                22_000_008,
                24,
                64,
                Set.of(Finding.EDEMA),
                List.of(Structure.LUNGS),
                null,
                1),
            new TrainingData.OnServer("ratings", 0.5));
  }

  @Test
  void read_fewKeys_haveDefaults() throws IOException {
    TrainingRecipe recipe =
        read("{model: m, recipe: classifier, datasets: [{phantom: {count: 2, size: 64}}]}");

    assertThat(recipe.promote()).isTrue();
    assertThat(recipe.threads()).isZero();
    assertThat(recipe.models()).isEmpty();
    assertThat(recipe.settings()).isEmpty();
    assertThat(recipe.datasets())
        .containsExactly(
            new TrainingData.Phantom(
                Site.A, Split.TRAIN, 0, 2, 64, Set.of(), Structure.CHANNELS, null, 1));
  }

  @Test
  void read_manyMistakes_tellsAllWithLinesAndTheNearestKeys() {
    assertThat(
            problems(
                """
                modle: chest
                recipe: classifier
                base: Big Model
                datasets:
                  - folder: films
                    splitt: train
                    weight: 0
                    structures: [lung]
                  - phantom: {count: 0, size: 20, site: Z}
                  - folder: films
                    dataset: ratings
                threads: many
                promote: maybe
                networks: {unet: 7}
                """))
        .containsExactlyInAnyOrder(
            "chest.yaml:1: model: missing (expected: a name for the model)",
            "chest.yaml:1: modle: unknown key; did you mean model?",
            "chest.yaml:3: base: 'Big Model' (expected: 1 to 64 of a-z, 0-9, '.', '_' and '-',"
                + " a letter or digit first)",
            "chest.yaml:6: datasets[0].splitt: unknown key; did you mean split?",
            "chest.yaml:7: datasets[0].weight: 0 (expected: a number above 0)",
            "chest.yaml:8: datasets[0].structures: 'lung' (expected: lungs, heart, pneumothorax,"
                + " left_lung, right_lung, rib_fracture, chest_tube)",
            "chest.yaml:9: datasets[1].phantom.count: 0 (expected: a whole number, 1..2000000)",
            "chest.yaml:9: datasets[1].phantom.size: 20 (expected: a whole number, 64..1024)",
            "chest.yaml:9: datasets[1].phantom.site: 'Z' (expected: A, B, C, D or E)",
            "chest.yaml:10: datasets[2]: (expected: one of folder, phantom or dataset)",
            "chest.yaml:12: threads: 'many' (expected: a whole number, 0..1024)",
            "chest.yaml:13: promote: 'maybe' (expected: true or false)",
            "chest.yaml:14: networks.unet: 7 (expected: keys of its config.json)");
  }

  @Test
  void read_noDatasets_saysThatOneIsNeeded() {
    assertThat(problems("model: m\nrecipe: classifier\n"))
        .containsExactly("chest.yaml:1: datasets: none (expected: a list of one at least)");
    assertThat(problems("model: m\nrecipe: classifier\ndatasets: films\n"))
        .contains("chest.yaml:3: datasets: 'films' (expected: a list)");
  }

  @Test
  void read_noYaml_namesTheLine() {
    assertThat(problems("model: [\nrecipe: x\n").getFirst())
        .startsWith("chest.yaml:")
        .contains("no YAML (");
    assertThat(problems("model: a\nmodel: b\n").getFirst())
        .startsWith("chest.yaml:2: no YAML (Duplicate");
  }

  @Test
  void read_emptyFile_saysWhatIsMissing() {
    assertThat(problems("")).isNotEmpty();
    assertThat(problems("just a text"))
        .contains("chest.yaml:1: 'just a text' (expected: keys with values)");
  }
}
