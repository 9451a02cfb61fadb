package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PipelineLoaderTest {
  private final FakeBackend backend = new FakeBackend();
  @TempDir private Path folder;

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

  /** As diffusers saves it, {@code -Infinity} and all. */
  private static final String DPM_SOLVER =
      """
      {"_class_name": "DPMSolverMultistepScheduler", "_diffusers_version": "0.42.1",
       "algorithm_type": "dpmsolver++", "beta_end": 0.012, "beta_schedule": "scaled_linear",
       "beta_start": 0.00085, "dynamic_thresholding_ratio": 0.995, "euler_at_final": false,
       "final_sigmas_type": "zero", "flow_shift": 1.0, "lambda_min_clipped": -Infinity,
       "lower_order_final": true, "num_train_timesteps": 1000, "prediction_type": "epsilon",
       "rescale_betas_zero_snr": false, "sample_max_value": 1.0, "solver_order": 2,
       "solver_type": "midpoint", "steps_offset": 0, "thresholding": false,
       "time_shift_type": "exponential", "timestep_spacing": "linspace", "trained_betas": null,
       "use_beta_sigmas": false, "use_dynamic_shifting": false, "use_exponential_sigmas": false,
       "use_flow_sigmas": false, "use_karras_sigmas": false, "use_lu_lambdas": false,
       "variance_type": null}
      """;

  private static final String NO_SCHEDULER_NAMED =
      FakePipelines.YAML.replace(", noise-scheduler: DDIM", "");

  @Test
  void load_dpmSolverAsDiffusersSavesIt_runsItAndWarnsOfNothing() throws IOException {
    writeScheduler(DPM_SOLVER);

    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, failure -> {})) {
      assertThat(pipeline.description().noiseSchedulers())
          .containsExactly(
              NoiseScheduler.Kind.DPM_SOLVER_PP_2M,
              NoiseScheduler.Kind.DDIM,
              NoiseScheduler.Kind.EULER,
              NoiseScheduler.Kind.PNDM);
      assertThat(pipeline.description().warnings()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "LMSDiscreteScheduler, DPM_SOLVER_PP_2M, DPM-Solver++ 2M",
    "HeunDiscreteScheduler, DPM_SOLVER_PP_2M, DPM-Solver++ 2M",
    "DDPMScheduler, DDIM, DDIM"
  })
  void load_schedulerThatIsNotBuiltIn_isReplacedWithAWarning(
      String className, NoiseScheduler.Kind kind, String label) throws IOException {
    writeScheduler("{\"_class_name\": \"" + className + "\", \"steps_offset\": 1}");

    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, failure -> {})) {
      assertThat(pipeline.description().noiseSchedulers().getFirst()).isEqualTo(kind);
      assertThat(pipeline.description().warnings())
          .contains(
              "scheduler/scheduler_config.json: "
                  + className
                  + " is not built in; "
                  + label
                  + " takes its place, with other images than diffusers'.");
    }
  }

  @Test
  void load_eulerAsDiffusersSavesIt_runsItAndWarnsOfNothing() throws IOException {
    writeScheduler(
        """
        {"_class_name": "EulerDiscreteScheduler", "_diffusers_version": "0.42.1",
         "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085,
         "final_sigmas_type": "zero", "interpolation_type": "linear", "num_train_timesteps": 1000,
         "prediction_type": "epsilon", "rescale_betas_zero_snr": false, "sigma_max": null,
         "sigma_min": null, "steps_offset": 0, "timestep_spacing": "linspace",
         "timestep_type": "discrete", "trained_betas": null, "use_beta_sigmas": false,
         "use_exponential_sigmas": false, "use_karras_sigmas": false}
        """);

    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, failure -> {})) {
      assertThat(pipeline.description().noiseSchedulers().getFirst())
          .isEqualTo(NoiseScheduler.Kind.EULER);
      assertThat(pipeline.description().warnings()).isEmpty();
    }
  }

  /** As Stable Diffusion 1.x is published. */
  @Test
  void load_pndmOfStableDiffusion_runsItAndWarnsOfNothing() throws IOException {
    writeScheduler(
        """
        {"_class_name": "PNDMScheduler", "_diffusers_version": "0.6.0", "beta_end": 0.012,
         "beta_schedule": "scaled_linear", "beta_start": 0.00085, "clip_sample": false,
         "num_train_timesteps": 1000, "set_alpha_to_one": false, "skip_prk_steps": true,
         "steps_offset": 1, "trained_betas": null}
        """);

    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, failure -> {})) {
      assertThat(pipeline.description().noiseSchedulers().getFirst())
          .isEqualTo(NoiseScheduler.Kind.PNDM);
      assertThat(pipeline.description().warnings()).isEmpty();
      assertThat(pipeline.noiseScheduler(NoiseScheduler.Kind.PNDM).steps(20)).hasSize(21);
    }
  }

  @Test
  void load_ddimAsItsClassSavesIt_isRunAsThePipelineRunsIt() throws IOException {
    writeScheduler("{\"_class_name\": \"DDIMScheduler\"}");
    writeIndex("\"_class_name\": \"StableDiffusionPipeline\"");
    Files.writeString(folder.resolve("synthorax.yaml"), NO_SCHEDULER_NAMED);

    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, failure -> {})) {
      var first = pipeline.noiseScheduler(NoiseScheduler.Kind.DDIM).steps(20).getFirst();
      assertThat(first.timestep()).isEqualTo(951);
      assertThat(first.clip()).isInfinite();
      assertThat(pipeline.description().warnings())
          .containsExactly(
              "scheduler/scheduler_config.json: steps_offset 0 runs as 1, as in diffusers'"
                  + " StableDiffusionPipeline.",
              "scheduler/scheduler_config.json: clip_sample true runs as false, as in diffusers'"
                  + " StableDiffusionPipeline.");
    }
  }

  @Test
  void load_ddimOfAControlNetPipeline_isRunAsTheFileSays() throws IOException {
    writeScheduler("{\"_class_name\": \"DDIMScheduler\"}");
    writeIndex("\"_class_name\": \"StableDiffusionControlNetPipeline\"");
    Files.writeString(folder.resolve("synthorax.yaml"), NO_SCHEDULER_NAMED);

    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, failure -> {})) {
      var first = pipeline.noiseScheduler(NoiseScheduler.Kind.DDIM).steps(20).getFirst();
      assertThat(first.timestep()).isEqualTo(950);
      assertThat(first.clip()).isEqualTo(1);
      assertThat(pipeline.description().warnings()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"algorithm_type\": \"sde-dpmsolver++\" | algorithm_type: sde-dpmsolver++",
        "\"use_beta_sigmas\": true | use_beta_sigmas: is not built in",
        "\"thresholding\": true | thresholding is true",
        "\"prediction_type\": \"flow_prediction\" | prediction_type: flow_prediction",
        "\"beta_end\": NaN | beta_end is"
      })
  void load_arithmeticThatIsNotBuilt_isRefusedNamingFileAndKey(String field, String message)
      throws IOException {
    writeScheduler("{\"_class_name\": \"DPMSolverMultistepScheduler\", " + field + "}");

    assertFails("scheduler/scheduler_config.json: " + message);
  }

  @Test
  void load_schedulerOfFlowMatching_isRefusedNamingFileAndClass() throws IOException {
    writeScheduler("{\"_class_name\": \"FlowMatchEulerDiscreteScheduler\"}");

    assertFails("scheduler/scheduler_config.json: _class_name: FlowMatchEulerDiscreteScheduler");
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

  private void writeConfig(String part, String json) throws IOException {
    Files.createDirectories(folder.resolve(part));
    Files.writeString(folder.resolve(part).resolve("config.json"), json);
    new SafetensorsWriter().write(folder.resolve(part).resolve("model.safetensors"));
  }

  private void writeScheduler(String json) throws IOException {
    FakePipelines.write(folder, NO_SCHEDULER_NAMED);
    Files.writeString(folder.resolve("scheduler/scheduler_config.json"), json);
  }

  private void writeIndex(String fields) throws IOException {
    if (!Files.exists(folder.resolve("scheduler"))) {
      FakePipelines.write(folder, FakePipelines.YAML);
    }
    Files.writeString(folder.resolve("model_index.json"), "{" + fields + "}");
  }

  private String version() {
    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, failure -> {})) {
      return pipeline.description().version();
    }
  }

  private void assertFails(String message) {
    assertThatThrownBy(this::version)
        .isInstanceOf(InferenceException.class)
        .hasMessageStartingWith(message)
        .extracting("reason")
        .isEqualTo(ErrorReason.MODEL_FAILED);
    assertThatThrownBy(this::version).message().doesNotContain(folder.toString()).hasLineCount(1);
    assertThat(backend.open()).isZero();
  }
}
