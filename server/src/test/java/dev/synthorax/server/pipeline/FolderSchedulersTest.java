package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.diffusion.NoiseScheduler;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Noise schedulers of a folder, as the loader takes them. */
final class FolderSchedulersTest extends PipelineFolderFixture {
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

  @Test
  void load_dpmSolverAsDiffusersSavesIt_runsItAndWarnsOfNothing() throws IOException {
    writeScheduler(DPM_SOLVER);

    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, failure -> {})) {
      assertThat(pipeline.description().noiseSchedulers())
          .containsExactly(
              NoiseScheduler.Kind.DPM_SOLVER_PP_2M,
              NoiseScheduler.Kind.DDIM,
              NoiseScheduler.Kind.DPM_SOLVER_PP_2M_KARRAS,
              NoiseScheduler.Kind.EULER,
              NoiseScheduler.Kind.EULER_ANCESTRAL,
              NoiseScheduler.Kind.PNDM,
              NoiseScheduler.Kind.LCM,
              NoiseScheduler.Kind.UNIPC);
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
  void load_latentConsistencyAsDiffusersSavesIt_runsItAndWarnsOfNothing() throws IOException {
    writeScheduler(
        """
        {"_class_name": "LCMScheduler", "_diffusers_version": "0.42.1", "beta_end": 0.012,
         "beta_schedule": "scaled_linear", "beta_start": 0.00085, "clip_sample": false,
         "clip_sample_range": 1.0, "dynamic_thresholding_ratio": 0.995,
         "num_train_timesteps": 1000, "original_inference_steps": 50,
         "prediction_type": "epsilon", "rescale_betas_zero_snr": false, "sample_max_value": 1.0,
         "set_alpha_to_one": true, "steps_offset": 0, "thresholding": false,
         "timestep_scaling": 10.0, "timestep_spacing": "leading", "trained_betas": null}
        """);
    writeIndex("\"_class_name\": \"StableDiffusionPipeline\"");

    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, failure -> {})) {
      assertThat(pipeline.description().noiseSchedulers().getFirst())
          .isEqualTo(NoiseScheduler.Kind.LCM);
      assertThat(pipeline.description().warnings()).isEmpty();
      assertThat(pipeline.noiseScheduler(NoiseScheduler.Kind.LCM).steps(4)).hasSize(4);
    }
  }

  @Test
  void load_uniPcAsDiffusersSavesIt_runsItAndWarnsOfNothing() throws IOException {
    writeScheduler(
        """
        {"_class_name": "UniPCMultistepScheduler", "_diffusers_version": "0.42.1",
         "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085,
         "disable_corrector": [], "dynamic_thresholding_ratio": 0.995, "final_sigmas_type": "zero",
         "flow_shift": 1.0, "lower_order_final": true, "num_train_timesteps": 1000,
         "predict_x0": true, "prediction_type": "epsilon", "rescale_betas_zero_snr": false,
         "sample_max_value": 1.0, "shift_terminal": null, "sigma_max": null, "sigma_min": null,
         "solver_order": 2, "solver_p": null, "solver_type": "bh2", "steps_offset": 0,
         "thresholding": false, "time_shift_type": "exponential", "timestep_spacing": "linspace",
         "trained_betas": null, "use_beta_sigmas": false, "use_dynamic_shifting": false,
         "use_exponential_sigmas": false, "use_flow_sigmas": false, "use_karras_sigmas": false}
        """);

    try (var pipeline = FakePipelines.loader(backend).load("squares", folder, failure -> {})) {
      assertThat(pipeline.description().noiseSchedulers().getFirst())
          .isEqualTo(NoiseScheduler.Kind.UNIPC);
      assertThat(pipeline.description().warnings()).isEmpty();
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
}
