package dev.synthorax.server.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.server.config.PipelineConfig;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BundledModelsTest {
  private static final String HASH_OF_A =
      "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

  @TempDir private Path cache;
  private final Map<String, String> resources = new HashMap<>();
  private final ClassLoader classes =
      new ClassLoader(null) {
        @Override
        public @Nullable InputStream getResourceAsStream(String name) {
          String content = resources.get(name);
          return content == null ? null : new ByteArrayInputStream(content.getBytes(UTF_8));
        }
      };

  @Test
  void extract_noIndex_isNull() {
    assertThat(BundledModels.extract(cache, classes)).isNull();
  }

  @Test
  void extract_twice_writesOnceToAFolderOfTheIndex() throws Exception {
    resources.put("models/index.txt", HASH_OF_A + "  mini/unet/config.json\n");
    resources.put("models/mini/unet/config.json", "a");

    Path first = requireNonNull(BundledModels.extract(cache, classes));
    resources.put("models/mini/unet/config.json", "changed behind the index");
    Path second = BundledModels.extract(cache, classes);

    assertThat(second).isEqualTo(first);
    assertThat(first.resolve("mini/unet/config.json")).hasContent("a");
    try (var siblings = Files.list(first.resolveSibling(""))) {
      assertThat(siblings).hasSize(1);
    }
  }

  @Test
  void extract_fileIsNotWhatTheIndexSays_failsAndLeavesNothing() throws Exception {
    resources.put("models/index.txt", HASH_OF_A + "  mini/model_index.json\n");
    resources.put("models/mini/model_index.json", "b");

    assertThatThrownBy(() -> BundledModels.extract(cache, classes))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("the bundled models cannot be extracted");
    try (var left = Files.walk(cache)) {
      assertThat(left).allMatch(Files::isDirectory);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "b", "aa"})
  void extract_fileWasChangedSince_isMended(String content) throws Exception {
    Path file = extractOne();
    Files.writeString(file, content);

    assertThat(extractOne()).isEqualTo(file).hasContent("a");
  }

  @Test
  void extract_fileIsGoneOrALink_isMended() throws Exception {
    Path file = extractOne();
    Files.delete(file);

    assertThat(extractOne()).hasContent("a");

    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("/dev/zero"));
    assertThat(extractOne()).hasContent("a").isRegularFile();
  }

  @Test
  void extract_aFileMoreThanTheIndexLists_isRemoved() throws Exception {
    Path stranger = Files.writeString(extractOne().resolveSibling("tokenizer.json"), "{}");

    extractOne();

    assertThat(stranger).doesNotExist();
  }

  @Test
  void extract_writerWasKilled_leavesNothingOfIt() throws Exception {
    Path folder = extractOne().resolveSibling("");
    Path partial = Files.writeString(folder.resolve(".config.json.00000001.partial"), "half");
    Path writer = Files.writeString(folder.resolve(".config.json.00000001.writer"), "");

    extractOne();

    assertThat(partial).doesNotExist();
    assertThat(writer).doesNotExist();
  }

  private Path extractOne() {
    resources.put("models/index.txt", HASH_OF_A + "  mini/unet/config.json\n");
    resources.put("models/mini/unet/config.json", "a");
    return requireNonNull(BundledModels.extract(cache, classes)).resolve("mini/unet/config.json");
  }

  @Test
  void extract_pathOutsideTheFolder_fails() {
    resources.put("models/index.txt", HASH_OF_A + "  ../../evil\n");
    resources.put("models/../../evil", "a");

    assertThatThrownBy(() -> BundledModels.extract(cache, classes))
        .isInstanceOf(InferenceException.class);
    assertThat(cache.resolve("evil")).doesNotExist();
  }

  @Test
  void extract_thisBuild_isWhatTheIndexListsAndSaysWhatItWasTaught() throws Exception {
    Path bundled = requireNonNull(BundledModels.extract(cache));

    var config = PipelineConfig.read(DiffusersFolder.of(bundled.resolve("cxr-mini")));
    var vocabulary =
        new ObjectMapper().readTree(bundled.resolve("cxr-mini/tokenizer/vocab.json").toFile());
    assertThat(config.findings()).contains("no_finding", "pleural_effusion");
    assertThat(config.words())
        .hasSize(51)
        .flatMap(word -> List.of(word.split("-", -1)))
        .as("words of the training prompts, each a token of its own")
        .allMatch(part -> vocabulary.has(part + "</w>"));
    assertThat(config.negations())
        .flatMap(phrase -> List.of(phrase.split(" ", -1)))
        .allMatch(config.words()::contains);
  }
}
