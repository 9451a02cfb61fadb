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
