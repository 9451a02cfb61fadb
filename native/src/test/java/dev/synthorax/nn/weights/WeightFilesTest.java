package dev.synthorax.nn.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.InferenceException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where weights are found, and what is said where they are not. */
class WeightFilesTest {

  private static final String SINGLE = "diffusion_pytorch_model.safetensors";
  private static final String INDEX = "diffusion_pytorch_model.safetensors.index.json";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "diffusion_pytorch_model.safetensors, model.safetensors",
    "diffusion_pytorch_model.safetensors, diffusion_pytorch_model.fp16.safetensors",
    "model.safetensors, model.fp16.safetensors",
    "diffusion_pytorch_model.fp16.safetensors, diffusion_pytorch_model.bf16.safetensors"
  })
  void find_severalOfThem_takesTheFirstAsDiffusersDoes(String first, String second)
      throws IOException {
    write(second, "x");
    assertThat(find().file().path()).isEqualTo(folder.resolve(second));

    write(first, "x");
    assertThat(find().file().path()).isEqualTo(folder.resolve(first));
  }

  @ParameterizedTest
  @CsvSource({
    "diffusion_pytorch_model.safetensors.index.json, diffusion_pytorch_model-0000%d-of-00002.safetensors",
    "model.safetensors.index.json, model-0000%d-of-00002.safetensors",
    "model.safetensors.index.fp16.json, model.fp16-0000%d-of-00002.safetensors",
    "diffusion_pytorch_model.safetensors.index.bf16.json, a%d.safetensors"
  })
  void open_shards_holdsTheTensorsOfAll(String index, String shard) throws IOException {
    write(shard.formatted(1), "x");
    write(shard.formatted(2), "y");
    index(index, shard.formatted(1), shard.formatted(2));

    try (ModelWeights weights = ModelWeights.open(find())) {
      assertThat(weights.names()).containsExactly("x", "y");
      assertThat(weights.elements()).isEqualTo(8);
      assertThat(weights.parameter("y", 4).elements()).isEqualTo(4);
      assertThat(weights.unused()).containsExactly("x");
      assertThatThrownBy(() -> weights.parameter("z", 4))
          .hasMessage(folder.resolve(index) + ": no tensor z (expected by the network)");
    }
  }

  @Test
  void find_shardMissing_namesIndexAndShard() throws IOException {
    write("a.safetensors", "x");
    index(INDEX, "a.safetensors", "b.safetensors");

    assertFails(INDEX + ": it names b.safetensors, which is not there");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | no weight_map",
        "{\"weight_map\": {}} | no weight_map",
        "{\"weight_map\": | cannot be read as JSON",
        "{\"weight_map\": {\"x\": \"../secret.safetensors\"}} | it names \"../secret.safetensors\" (expected: names",
        "{\"weight_map\": {\"x\": \"/secret.safetensors\"}} | it names \"/secret.safetensors\" (expected: names",
        "{\"weight_map\": {\"x\": \"a\\u0000.safetensors\"}} | it names \"a\\u0000.safetensors\" (expected: names",
        "{\"weight_map\": {\"x\": \"a\\nb.safetensors\"}} | it names \"a\\nb.safetensors\" (expected: names",
        "{\"weight_map\": {\"x\": \"diffusion_pytorch_model.safetensors.index.json\"}} | (expected: names",
        "{\"weight_map\": {\"x\": \"\"}} | it names \"\" (expected: names",
        "{\"weight_map\": {\"x\": \"..\"}} | it names \"..\" (expected: names",
        "{\"weight_map\": {\"x\": 7}} | it names 7 (expected: names"
      })
  void find_brokenIndex_saysWhat(String json, String reason) throws IOException {
    Files.writeString(folder.resolve(INDEX), json);

    assertFails(INDEX + ": ");
    assertFails(reason);
  }

  @Test
  void find_folderInPlaceOfAFile_saysSo() throws IOException {
    Files.createDirectories(folder.resolve("a.safetensors"));
    index(INDEX, "a.safetensors");
    assertFails(INDEX + ": it names a.safetensors, which is no file");

    Files.delete(folder.resolve(INDEX));
    Files.createDirectories(folder.resolve(SINGLE));
    assertFails(SINGLE + ": a folder (expected: a file of weights)");
  }

  @Test
  void open_tensorInTwoShards_namesIt() throws IOException {
    write("a.safetensors", "x");
    write("b.safetensors", "x");
    index(INDEX, "a.safetensors", "b.safetensors");

    WeightFiles files = find();

    assertThatThrownBy(() -> ModelWeights.open(files).close())
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("b.safetensors: tensor x again");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "diffusion_pytorch_model.bin",
        "pytorch_model.bin",
        "flax_model.msgpack",
        "model.onnx",
        "other.safetensors"
      })
  void find_onlyOtherForms_namesThemAndWhatToDo(String name) throws IOException {
    Files.writeString(folder.resolve(name), "weights of another kind");

    assertFails(SINGLE + ": no such file, the folder holds " + name);
    assertFails("call save_pretrained");
  }

  @Test
  void find_nothing_namesTheFile() {
    assertFails(SINGLE + ": no such file (expected: weights in safetensors)");
  }

  @ParameterizedTest
  @ValueSource(strings = {SINGLE, INDEX})
  void open_gitLfsPointer_saysHowToGetTheFile(String name) throws IOException {
    Files.writeString(
        folder.resolve(name),
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 3438167540\n");

    assertFails(name + ": a Git LFS pointer, not the file itself");
    assertFails("git lfs pull");
  }

  private WeightFiles find() {
    return WeightFiles.find(ModelFile.of(folder));
  }

  private void assertFails(String message) {
    assertThatThrownBy(() -> ModelWeights.open(find()).close())
        .isInstanceOf(InferenceException.class)
        .hasMessageStartingWith(folder.toString())
        .message()
        .contains(message)
        .hasLineCount(1);
  }

  private void index(String name, String... shards) throws IOException {
    var map = new StringBuilder("{\"metadata\": {}, \"weight_map\": {");
    for (int i = 0; i < shards.length; i++) {
      map.append(i == 0 ? "" : ", ").append('"').append(i).append("\": \"");
      map.append(shards[i]).append('"');
    }
    Files.writeString(folder.resolve(name), map + "}}");
  }

  private void write(String name, String tensor) throws IOException {
    new SafetensorsWriter()
        .add(tensor, ElementType.F32, new long[] {4}, MemorySegment.ofArray(new float[4]))
        .write(folder.resolve(name));
  }
}
