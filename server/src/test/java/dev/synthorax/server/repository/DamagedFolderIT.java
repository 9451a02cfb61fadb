package dev.synthorax.server.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.server.pipeline.TinyPipeline;
import dev.synthorax.server.scheduler.ByteBudget;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Folders that somebody broke, or made to break a server: each fails alone, at once, in one line.
 */
@Timeout(60)
final class DamagedFolderIT {
  private static final String REFUSED = ": a pipe, socket or device (expected: a regular file)";

  @TempDir private Path folder;
  private final long handles = NativeHandles.mark();
  private Path model;

  @BeforeEach
  void writeModel() throws IOException {
    model = TinyPipeline.write(folder.resolve("models/tiny"), "row-counts: [2]\n");
  }

  @AfterEach
  void nothingIsLeftOpen() {
    assertThat(NativeHandles.leaksSince(handles)).isEmpty();
  }

  private void assertFails(String reason) {
    ModelStatus status = load();
    assertThat(status.state()).isEqualTo(ModelState.FAILED);
    assertThat(status.reason())
        .startsWith(reason)
        .hasLineCount(1)
        .doesNotContain(folder.toString(), "Exception");
  }

  private ModelStatus load() {
    var folders = new ModelFolders(List.of(folder.resolve("models")), ModelLoader.all());
    try (Backend backend = Backends.open("onnxruntime-cpu");
        var models = new ModelRepository(folders)) {
      models.start(
          new ModelLoader.Resources(backend, 1, folder.resolve("cache"), new ByteBudget(1 << 20)));
      return models.describe("tiny", "");
    }
  }

  private void replace(String file, String from, String to) throws IOException {
    String text = Files.readString(model.resolve(file));
    assertThat(text).containsPattern(from);
    Files.writeString(model.resolve(file), text.replaceFirst(from, to));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "unet; (?s)(\"block_out_channels\": ).*?\\]; $1[1000000000, 16]; block_out_channels is",
        "unet; \"layers_per_block\": 1; \"layers_per_block\": 1000000000; layers_per_block is",
        "unet; \"layers_per_block\": 1; \"layers_per_block\": 1000000; layers_per_block: [1000000",
        "unet; \"cross_attention_dim\": 24; \"cross_attention_dim\": 1000000; cross_attention_dim",
        "unet; \"in_channels\": 4; \"in_channels\": 1000000000; in_channels is 1000000000",
        "unet; (?s)(\"sample_size\": ).*?\\]; $1 1000000; sample_size [1000000, 1000000]",
        "controlnet; \"conditioning_channels\": 3; \"conditioning_channels\": 1000000000; conditio",
        "text_encoder; \"num_hidden_layers\": 2; \"num_hidden_layers\": 1000000000; num_hidden_la",
        "text_encoder; \"max_position_embeddings\": 24; \"max_position_embeddings\": 1000000; max_",
        "vae; \"latent_channels\": 4; \"latent_channels\": 1000000000; latent_channels is"
      })
  void load_countsOfAGiant_areRefusedBeforeAnythingIsAllocated(
      String part, String from, String to, String reason) throws IOException {
    String file = part + "/config.json";
    replace(file, from, to);

    assertFails(file + ": " + reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"num_hidden_layers\": 2; \"num_hidden_layers\": 1000000; model.fp16.safetensors: no tensor",
        "\"vocab_size\": 1024; \"vocab_size\": 1048576; model.fp16.safetensors: tensor embeddings"
      })
  void load_configurationAsksForMoreThanTheFileHolds_namesFileAndTensor(
      String from, String to, String reason) throws IOException {
    replace("text_encoder/config.json", from, to);

    assertFails("text_encoder/" + reason);
  }

  @Test
  void load_scheduleOfBillionsOfSteps_isRefused() throws IOException {
    replace("scheduler/scheduler_config.json", "1000,", "1000000000,");

    assertFails("scheduler/scheduler_config.json: num_train_timesteps is 1000000000 (expected: a");
  }

  @Test
  void load_trainedSizeThatNoMachineHolds_isRefused() throws IOException {
    replace("unet/config.json", "(?s)(\"sample_size\": ).*?\\]", "$1 1000");

    assertFails("synthorax.yaml: at 4000x4000 the U-Net's attention alone would take ");
  }

  @Test
  void load_sizeThatNoMachineHolds_isRefused() throws IOException {
    Files.writeString(model.resolve("synthorax.yaml"), "sizes: [[4096, 4096]]\n");

    assertFails("synthorax.yaml: at 4096x4096 the U-Net's attention alone would take ");
  }

  @Test
  void load_tokenThatTheTextEncoderDoesNotKnow_isRefusedNamingFileAndId() throws IOException {
    replace("tokenizer/tokenizer.json", "(\"<\\|endoftext\\|>\": )717", "$1 70000");

    assertFails(
        "tokenizer/tokenizer.json: token \"<|endoftext|>\" has id 70000 (expected: 0 to 10");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model_index.json",
        "synthorax.yaml",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors.index.fp16.json",
        "unet/diffusion_pytorch_model.fp16-00001-of-00002.safetensors",
        "vae/config.json",
        "text_encoder/config.json",
        "text_encoder/model.fp16.safetensors",
        "controlnet/config.json",
        "controlnet/diffusion_pytorch_model.fp16.safetensors",
        "tokenizer/tokenizer.json",
        "tokenizer/tokenizer_config.json",
        "scheduler/scheduler_config.json"
      })
  void load_pipeOrDeviceInPlaceOfAFile_isRefusedAtOnce(String name) throws Exception {
    Path file = model.resolve(name);
    Files.delete(file);
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    assertFails(name + REFUSED);

    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("/dev/zero"));
    assertFails(name + REFUSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet/config.json", "tokenizer/tokenizer.json", "synthorax.yaml"})
  void load_endlessTextFile_isRefused(String name) throws IOException {
    try (var file = new RandomAccessFile(model.resolve(name).toFile(), "rw")) {
      file.setLength(1L << 32);
    }

    assertFails(name + ": 4294967296 bytes (expected: at most 16777216)");
  }

  @Test
  void load_asItWas_isReady() {
    assertThat(load().reason()).isEmpty();
  }
}
