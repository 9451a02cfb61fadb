package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.server.config.PipelineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PromptWordsTest {
  private static final String UNKNOWN = "not among the words that this model was trained on: ";
  private static final String NEGATION = "models of this kind draw what is named";

  @TempDir private Path folder;
  private PromptWords words;

  @BeforeEach
  void read() throws IOException {
    words =
        words(
            """
            words: [small, left, pleural, effusion, and, chest, x-ray, clear, lungs, "no", acute, findings]
            negations: [no acute findings]
            """);
  }

  private PromptWords words(String yaml) throws IOException {
    Files.writeString(folder.resolve(PipelineConfig.FILE), yaml);
    return PromptWords.of(PipelineConfig.read(DiffusersFolder.of(folder)));
  }

  private List<String> warnings(String prompt) {
    return words.warnings(prompt, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "small left pleural effusion",
        "Small, LEFT  pleural\teffusion!",
        "chest x-ray",
        "chest X ray",
        "no acute findings",
        "No  acute findings, clear lungs"
      })
  void warnings_wordsOfTheTraining_none(String prompt) {
    assertThat(warnings(prompt)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a cat on a skateboard | a, cat, on, skateboard",
        "effusions | effusions",
        "2 small effusion | 2",
        "плевральный выпот | плевральный, выпот",
        "左侧胸腔积液 | 左侧胸腔积液",
        "chest 🐈 | 🐈",
        "q w e r t y | q, w, e, r, t and 1 more",
        "pneumonoultramicroscopicsilicovolcanoconiosis | pneumonoultramicroscopic…",
      })
  void warnings_otherWords_namesThemOnce(String prompt, String named) {
    assertThat(warnings(prompt))
        .containsExactly(
            "prompt: " + UNKNOWN + named + "; what they do to the image means nothing.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no pleural effusion | no",
        "clear lungs without effusion | without",
        "lungs free of effusion | free of",
        "no acute findings and no effusion | no",
        "NOT small, no effusion | not, no",
        "lungs aren't clear | aren't",
        "no acute pleural findings | no",
      })
  void warnings_negationNotOfTheTraining_saysThatItDraws(String prompt, String named) {
    assertThat(warnings(prompt))
        .singleElement()
        .asString()
        .startsWith("prompt: a negation (" + named + "); " + NEGATION);
  }

  @Test
  void warnings_negationOfUnknownWords_saysBoth() {
    assertThat(warnings("no cats"))
        .hasSize(2)
        .satisfies(both -> assertThat(both.get(0)).contains(UNKNOWN + "cats;"))
        .satisfies(both -> assertThat(both.get(1)).contains("(no); " + NEGATION));
  }

  @Test
  void warnings_negativePrompt_isReadAlike() {
    assertThat(words.warnings("chest", "no tubes"))
        .containsExactly(
            "negative_prompt: " + UNKNOWN + "tubes; what they do to the image means nothing.",
            "negative_prompt: a negation (no); name what must not be shown, without it.");
  }

  @Test
  void warnings_modelWithoutWords_none() throws IOException {
    words = words("description: says nothing of words");

    assertThat(words.warnings("a cat, no effusion", "not this")).isEmpty();
  }
}
