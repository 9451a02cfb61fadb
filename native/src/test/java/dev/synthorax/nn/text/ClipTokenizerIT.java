package dev.synthorax.nn.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The native tokenizer against transformers' on a vocabulary of our own. */
class ClipTokenizerIT {

  private static final Path GOLDEN = Path.of("src/test/resources/golden/tokenizer");

  @TempDir private Path folder;

  static List<Arguments> cases() throws IOException {
    JsonNode expected = new ObjectMapper().readTree(GOLDEN.resolve("expected.json").toFile());
    int length = expected.path("length").intValue();
    return StreamSupport.stream(expected.path("cases").spliterator(), false)
        .map(each -> Arguments.of(each.path("text").textValue(), length, each))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void encode_anyText_givesTheIdsOfTransformers(String text, int length, JsonNode expected) {
    try (ClipTokenizer tokenizer = ClipTokenizer.open(GOLDEN, length)) {
      ClipTokenizer.Encoding encoding = tokenizer.encode(text);

      assertThat(encoding.ids())
          .containsExactly(
              StreamSupport.stream(expected.path("ids").spliterator(), false)
                  .mapToLong(JsonNode::longValue)
                  .toArray());
      assertThat(encoding.dropped()).isEqualTo(expected.path("dropped").intValue());
    }
  }

  @Test
  void encode_padTokenOfTheFolder_fillsTheEnd() throws IOException {
    copyGolden();
    Files.writeString(
        folder.resolve("special_tokens_map.json"),
        "{\"pad_token\": {\"content\": \"!\", \"lstrip\": false}}");

    try (ClipTokenizer tokenizer = ClipTokenizer.open(folder, 6)) {
      assertThat(Arrays.copyOfRange(tokenizer.encode("e").ids(), 3, 6)).containsOnly(0);
    }
  }

  static List<Arguments> padCases() throws IOException {
    JsonNode expected = new ObjectMapper().readTree(GOLDEN.resolve("expected-pad.json").toFile());
    return StreamSupport.stream(expected.path("cases").spliterator(), false)
        .map(each -> Arguments.of(each.path("text").textValue(), each.path("ids")))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("padCases")
  void encode_padTokenInThePrompt_givesTheIdsOfTransformers(String text, JsonNode ids)
      throws IOException {
    copyGolden();
    Files.delete(folder.resolve("special_tokens_map.json")); // transformers 5 writes none
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"pad_token\": \"!\"}");

    try (ClipTokenizer tokenizer = ClipTokenizer.open(folder, ids.size())) {
      assertThat(tokenizer.encode(text).ids())
          .containsExactly(
              StreamSupport.stream(ids.spliterator(), false)
                  .mapToLong(JsonNode::longValue)
                  .toArray());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model_max_length\": 24} | 24",
        "{\"model_max_length\": 90} | 77",
        "{\"model_max_length\": 1000000000000000019884624838656} | 77",
        "{} | 77"
      })
  void length_asTheFolderSays_isAtMostTheEncoders(String config, int expected) throws IOException {
    Files.writeString(folder.resolve("tokenizer_config.json"), config);

    assertThat(ClipTokenizer.length(folder, 77)).isEqualTo(expected);
  }

  @Test
  void open_gitLfsPointer_saysHowToGetTheFile() throws IOException {
    copyGolden();
    Files.writeString(
        folder.resolve("vocab.json"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");

    assertThatThrownBy(() -> ClipTokenizer.open(folder, 8).close())
        .hasMessageContainingAll("vocab.json: a Git LFS pointer", "git lfs pull");
  }

  @ParameterizedTest
  @ValueSource(strings = {"vocab.json", "merges.txt"})
  void open_missingFile_namesIt(String name) throws IOException {
    copyGolden();
    Files.delete(folder.resolve(name));

    assertThatThrownBy(() -> ClipTokenizer.open(folder, 8).close())
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.MODEL_FAILED))
        .hasMessageContaining(folder.resolve(name).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\": 0}", "[]", "{", ""})
  void open_vocabularyThatIsNone_isOneLineThatNamesTheFolder(String content) throws IOException {
    copyGolden();
    Files.writeString(folder.resolve("vocab.json"), content);

    assertThatThrownBy(() -> ClipTokenizer.open(folder, 8).close())
        .isInstanceOf(InferenceException.class)
        .message()
        .contains(folder.toString())
        .doesNotContain("\n");
  }

  @Test
  void open_mergeOfUnknownTokens_isOneLineThatNamesTheFolder() throws IOException {
    copyGolden();
    Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\nnever seen\n");

    assertThatThrownBy(() -> ClipTokenizer.open(folder, 8).close())
        .isInstanceOf(InferenceException.class)
        .message()
        .contains(folder.toString())
        .doesNotContain("\n");
  }

  @Test
  @SuppressWarnings("MustBeClosedChecker") // closing is the test
  void close_twice_isFineAndUseLaterFails() {
    ClipTokenizer tokenizer = ClipTokenizer.open(GOLDEN, 8);

    tokenizer.close();
    tokenizer.close();

    assertThatThrownBy(() -> tokenizer.encode("lungs")).isInstanceOf(IllegalStateException.class);
  }

  private void copyGolden() throws IOException {
    for (String name : List.of("vocab.json", "merges.txt", "special_tokens_map.json")) {
      Files.copy(GOLDEN.resolve(name), folder.resolve(name));
    }
  }
}
