package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PipelineLoaderTest extends PipelineFolderFixture {
  @Test
  void load_everyRowCountPasses_usesThemAll() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);

    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, failure -> {})) {
      var description = pipeline.description();
      assertThat(description.rowCounts()).containsExactly(2, 4, 8);
      assertThat(description.version()).matches("[0-9a-f]{12}");
      assertThat(description.size()).hasToString("16x16");
      assertThat(description.backend()).isEqualTo("fake 1 (CPU)");
      assertThat(description.maxPromptTokens()).isEqualTo(8);
    }

    assertThat(backend.open()).isZero();
  }

  @Test
  void load_aRowCountDependsOnCompany_isNotUsed() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);
    backend.dependOnCompany(4);

    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, failure -> {})) {
      assertThat(pipeline.description().rowCounts()).containsExactly(2, 8);
    }

    assertThat(backend.open()).isZero();
  }

  @Test
  void load_outputNotFinite_failsAndLeavesNothingOpen() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);
    backend.breakWeights();

    assertFails("unet: its output is not finite");
  }

  @Test
  void load_truncatedWeights_failsNamingTheFileInTheFolder() throws IOException {
    FakePipelines.writeBroken(folder);

    assertFails("unet/model.safetensors: 7 bytes (expected: the header says 900; copy it again)");
  }

  @Test
  void load_structuresDoNotFitTheControlNet_fails() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML.replace("[lungs, heart]", "[lungs]"));

    assertFails("synthorax.yaml: structures: [lungs] (expected: 2 names");
  }

  @Test
  void load_schedulerMissing_failsNamingTheFile() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);
    Files.delete(folder.resolve("scheduler/scheduler_config.json"));

    assertFails("scheduler/scheduler_config.json: no such file");
  }

  @Test
  void load_unknownKey_fails() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML + "colour: blue\n");

    assertFails("synthorax.yaml: ");
  }

  @Test
  void load_anotherConfiguration_isAnotherVersion() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);
    String first = version();
    FakePipelines.write(folder, FakePipelines.YAML.replace("3.0", "3.5"));

    assertThat(version()).isNotEqualTo(first);
    FakePipelines.write(folder, FakePipelines.YAML);
    assertThat(version()).isEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "StableDiffusionXLPipeline | an SDXL pipeline, with two text encoders",
        "StableDiffusionXLControlNetPipeline | an SDXL pipeline, with two text encoders",
        "StableDiffusion3Pipeline | a Stable Diffusion 3 pipeline, with a transformer",
        "FluxPipeline | a Flux pipeline, with a transformer",
        "PixArtAlphaPipeline | a PixArt pipeline, with a transformer",
        "PixArtSigmaPipeline | a PixArt pipeline, with a transformer",
        "SanaPipeline | a Sana pipeline, with a transformer",
        "HunyuanDiTPipeline | a HunyuanDiT pipeline, with a transformer",
        "KandinskyV22Pipeline | a Kandinsky pipeline, with a prior or a transformer",
        "Kandinsky3Pipeline | a Kandinsky pipeline, with a prior or a transformer",
        "StableCascadeDecoderPipeline | a Stable Cascade pipeline, with a prior",
        "IFPipeline | a DeepFloyd IF pipeline",
        "LatentConsistencyModelPipeline | a latent consistency model",
        "StableDiffusionInpaintPipeline | an inpainting pipeline",
        "AnimateDiffPipeline | a video pipeline",
        "DDPMPipeline | an unconditional pipeline, without text",
        "MyOwnPipeline | a pipeline of another kind"
      })
  void load_pipelineOfAnotherKind_isNamedForWhatItIs(String className, String kind)
      throws IOException {
    writeIndex("\"_class_name\": \"" + className + "\"");

    assertFails("model_index.json: _class_name is " + className + ", " + kind);
    assertThatThrownBy(this::version)
        .hasMessageContaining("expected: a Stable Diffusion 1.x or 2.x model");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"unet\": [\"diffusers\", \"UNet3DConditionModel\"] | unet is UNet3DConditionModel, not",
        "\"vae\": [\"diffusers\", \"AutoencoderTiny\"] | vae is AutoencoderTiny, not AutoencoderKL",
        "\"text_encoder\": [null, null] | text_encoder is null, not CLIPTextModel",
        "\"text_encoder\": [\"transformers\", \"CLIPTextModelWithProjection\"] | text_encoder is",
        "\"controlnet\": [\"diffusers\", \"MultiControlNetModel\"] | controlnet is MultiControlNetM"
      })
  void load_partOfAnotherClass_isNamed(String part, String message) throws IOException {
    writeIndex("\"_class_name\": \"StableDiffusionPipeline\", " + part);

    assertFails("model_index.json: " + message);
  }

  @Test
  void load_transformerWithoutIndex_isNamed() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);
    Files.delete(folder.resolve("model_index.json"));
    Files.createDirectory(folder.resolve("transformer"));

    assertFails("transformer: a transformer in place of a U-Net (expected: a Stable Diffusion");
  }

  @Test
  void load_indexIsAGitLfsPointer_saysSo() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML);
    Files.writeString(
        folder.resolve("model_index.json"), "version https://git-lfs.github.com/spec/v1\n");

    assertFails("model_index.json: a Git LFS pointer");
  }

  @Test
  void load_noStructuresNamed_numbersTheChannelsAndWarns() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML.replace("structures: [lungs, heart]\n", ""));

    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, failure -> {})) {
      assertThat(pipeline.description().config().structures())
          .containsExactly("channel-1", "channel-2");
      assertThat(pipeline.description().warnings())
          .singleElement()
          .asString()
          .contains("take masks as channel-1, channel-2");
    }
  }

  @Test
  void load_sampleSizeAsPair_isHeightAndWidthOfTheLatents() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML.replace("sizes: [[16, 16]]\n", ""));
    writeConfig("unet", "{\"sample_size\": [2, 4]}");
    writeConfig(
        "vae",
        """
        {"block_out_channels": [32, 32, 32, 32],
         "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D",
                              "DownEncoderBlock2D"],
         "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D",
                            "UpDecoderBlock2D"]}
        """);

    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, failure -> {})) {
      assertThat(pipeline.description().size()).hasToString("32x16");
    }
  }

  @Test
  void load_noSampleSizeAnywhere_namesTheFile() throws IOException {
    FakePipelines.write(folder, FakePipelines.YAML.replace("sizes: [[16, 16]]\n", ""));
    writeConfig("unet", "{\"sample_size\": null}");

    assertFails("unet/config.json: no sample_size (expected: one, or sizes in synthorax.yaml)");
  }
}
