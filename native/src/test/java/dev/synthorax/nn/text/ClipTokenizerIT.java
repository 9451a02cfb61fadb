package dev.synthorax.nn.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.weights.ModelFile;
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

  private static final int ANY = 1 << 20;

  @TempDir private Path folder;

  @MustBeClosed
  private static ClipTokenizer open(Path folder, int length) {
    return ClipTokenizer.open(ModelFile.of(folder), length, ANY);
  }

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
    try (ClipTokenizer tokenizer = open(GOLDEN, length)) {
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

    try (ClipTokenizer tokenizer = open(folder, 6)) {
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

    try (ClipTokenizer tokenizer = open(folder, ids.size())) {
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

    assertThat(ClipTokenizer.length(ModelFile.of(folder), 77)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "\"<|endoftext|>\": 1000000000 ; token \"<|endoftext|>\" has id 1000000000 (expected: 0 to 511",
        "\"<|startoftext|>\": -1 ; token \"<|startoftext|>\" has id -1 (expected: 0 to 511",
        "\"word</w>\": 512 ; token \"word</w>\" has id 512 (expected: 0 to 511",
        "\"word</w>\": 1.5 ; token \"word</w>\" has id 1.5 (expected: 0 to 511",
        "\"word</w>\": 9223372036854775808 ; token \"word</w>\" has id 9223372036854775808 (exp"
      })
  void open_idThatTheTextEncoderDoesNotKnow_isRefusedNamingFileAndId(String entry, String message)
      throws IOException {
    Files.writeString(
        folder.resolve("vocab.json"),
        "{\"<|startoftext|>\": 0, \"<|endoftext|>\": 1, " + entry + "}");
    Files.writeString(folder.resolve("merges.txt"), "");

    assertThatThrownBy(() -> ClipTokenizer.open(ModelFile.root(folder), 8, 512).close())
        .isInstanceOf(InferenceException.class)
        .hasMessageStartingWith("vocab.json: " + message);
  }

  @Test
  void open_addedTokenOutsideTheVocabulary_isRefused() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer.json"),
        """
        {"model": {"type": "BPE", "vocab": {"<|startoftext|>": 0, "<|endoftext|>": 1}, "merges": []},
         "added_tokens": [{"id": 600, "content": "!", "special": true}]}
        """);

    assertThatThrownBy(() -> ClipTokenizer.open(ModelFile.root(folder), 8, 512).close())
        .hasMessageStartingWith("tokenizer.json: token \"!\" has id 600 (expected: 0 to 511");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vocab.json",
        "merges.txt",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json"
      })
  void open_deviceInPlaceOfAFile_isRefused(String name) throws IOException {
    copyGolden();
    Files.deleteIfExists(folder.resolve(name));
    Files.createSymbolicLink(folder.resolve(name), Path.of("/dev/zero"));

    assertThatThrownBy(
            () -> {
              ModelFile root = ModelFile.root(folder);
              ClipTokenizer.open(root, ClipTokenizer.length(root, 8), ANY).close();
            })
        .hasMessage(name + ": a pipe, socket or device (expected: a regular file)");
  }

  @Test
  void open_gitLfsPointer_saysHowToGetTheFile() throws IOException {
    copyGolden();
    Files.writeString(
        folder.resolve("vocab.json"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");

    assertThatThrownBy(() -> open(folder, 8).close())
        .hasMessageContainingAll("vocab.json: a Git LFS pointer", "git lfs pull");
  }

  @ParameterizedTest
  @ValueSource(strings = {"vocab.json", "merges.txt"})
  void open_missingFile_namesIt(String name) throws IOException {
    copyGolden();
    Files.delete(folder.resolve(name));

    assertThatThrownBy(() -> open(folder, 8).close())
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

    assertThatThrownBy(() -> open(folder, 8).close())
        .isInstanceOf(InferenceException.class)
        .message()
        .contains(folder.toString())
        .doesNotContain("\n");
  }

  @Test
  void open_mergeOfUnknownTokens_isOneLineThatNamesTheFolder() throws IOException {
    copyGolden();
    Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\nnever seen\n");

    assertThatThrownBy(() -> open(folder, 8).close())
        .isInstanceOf(InferenceException.class)
        .message()
        .contains(folder.toString())
        .doesNotContain("\n");
  }

  @Test
  @SuppressWarnings("MustBeClosedChecker") // closing is the test
  void close_twice_isFineAndUseLaterFails() {
    ClipTokenizer tokenizer = open(GOLDEN, 8);

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
