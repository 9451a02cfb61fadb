package dev.synthorax.nn.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BpeVocabularyTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden/tokenizer");
  private static final List<String> FILES =
      List.of("vocab.json", "merges.txt", "special_tokens_map.json", "tokenizer_config.json");

  @TempDir private Path folder;

  @Test
  void learn_promptsInAnyOrder_writesTheGoldenFiles() throws IOException {
    List<String> prompts = new ArrayList<>(Files.readAllLines(GOLDEN.resolve("prompts.txt")));
    Collections.shuffle(prompts, new Random(5));

    BpeVocabulary vocabulary = BpeVocabulary.learn(prompts, 640);
    vocabulary.write(folder, 24);

    assertThat(vocabulary.size()).isEqualTo(640);
    for (String name : FILES) {
      assertThat(folder.resolve(name)).hasSameTextualContentAs(GOLDEN.resolve(name));
    }
  }

  @Test
  void learn_fewWords_stopsWhenEachIsOneToken() throws IOException {
    BpeVocabulary vocabulary = BpeVocabulary.learn(List.of("edema edema", "Edema"), 1024);

    vocabulary.write(folder, 8);

    assertThat(vocabulary.size()).isEqualTo(514 + 4);
    assertThat(Files.readString(folder.resolve("vocab.json"))).contains("\"edema</w>\" : 515");
  }

  @Test
  void learn_noPromptsOrTooFewTokens_saysWhatWasExpected() {
    assertThatThrownBy(() -> BpeVocabulary.learn(List.of(), 1024))
        .hasMessage("0 prompts, maxTokens 1024 (expected: at least 1, at least 514)");
    assertThatThrownBy(() -> BpeVocabulary.learn(List.of("edema"), 513))
        .hasMessage("1 prompts, maxTokens 513 (expected: at least 1, at least 514)");
  }
}
