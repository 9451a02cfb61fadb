package dev.synthorax.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.engine.InferenceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a {@code scheduler_config.json} says, and what of it is refused. */
final class NoiseSchedulerConfigTest {
  @Test
  void parse_latentConsistencyWithoutBetas_takesItsClassDefaults() {
    var latent = NoiseSchedule.of(parse("{\"_class_name\":\"LCMScheduler\"}"));

    assertThat(latent.alphaCumprod(999)).isCloseTo(0.00466009508818388, within(1e-8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"original_inference_steps\":50,\"num_train_timesteps\":40",
        "\"timestep_scaling\":0",
        "\"rescale_betas_zero_snr\":true,\"prediction_type\":\"epsilon\""
      })
  void of_whatLatentConsistencyDoesNotDo_refusesNamingTheField(String fields) {
    var config = parse("{" + fields + "}");

    assertThatThrownBy(() -> NoiseScheduler.of(NoiseScheduler.Kind.LCM, config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(fields.substring(1, fields.indexOf('"', 1)) + ": ")
        .hasMessageContaining("expected");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"thresholding\":true}",
        "{\"trained_betas\":[0.1, 1.0]}",
        "{\"trained_betas\":[0.1, 0.2],\"num_train_timesteps\":1000}",
        "{\"steps_offset\":-1}",
        "{\"clip_sample\":\"yes\"}",
        "{\"num_train_timesteps\":\"many\"}",
        "{\"beta_schedule\":\"sigmoid\"}",
        "{\"prediction_type\":\"sample\"}",
        "{\"beta_end\":1.5}",
        "{\"num_train_timesteps\":1}",
        "{\"disable_corrector\":[0.5]}",
        "{\"disable_corrector\":2}"
      })
  void of_whatIsNotBuilt_refusesNamingTheField(String json) {
    String field = json.substring(2, json.indexOf('"', 2));

    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(InferenceException.class)
        .message()
        .startsWith("scheduler config: ")
        .contains(field, "expected")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"solver_order\":3",
        "\"algorithm_type\":\"sde-dpmsolver++\"",
        "\"algorithm_type\":\"dpmsolver\"",
        "\"solver_type\":\"euler\"",
        "\"use_exponential_sigmas\":true",
        "\"use_beta_sigmas\":true",
        "\"use_flow_sigmas\":true",
        "\"use_dynamic_shifting\":true",
        "\"sigma_max\":80.0",
        "\"lambda_min_clipped\":Infinity",
        "\"beta_schedule\":\"squaredcos_cap_v2\",\"use_karras_sigmas\":true"
      })
  void of_whatDpmSolverDoesNotDo_refusesNamingTheFieldAndDdimStillRuns(String fields) {
    var config = parse("{\"_class_name\":\"DPMSolverMultistepScheduler\"," + fields + "}");

    assertThatThrownBy(() -> NoiseScheduler.of(NoiseScheduler.Kind.DPM_SOLVER_PP_2M, config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(fields.substring(1, fields.indexOf('"', 1)) + ": ")
        .hasMessageContaining("expected");
    assertThat(NoiseScheduler.of(NoiseScheduler.Kind.DDIM, config).steps(5)).hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"interpolation_type\":\"log_linear\"",
        "\"timestep_type\":\"continuous\",\"prediction_type\":\"v_prediction\"",
        "\"use_exponential_sigmas\":true",
        "\"use_beta_sigmas\":true",
        "\"sigma_max\":80.0"
      })
  void of_whatEulerDoesNotDo_refusesNamingTheFieldAndDdimStillRuns(String fields) {
    var config = parse("{\"_class_name\":\"EulerDiscreteScheduler\"," + fields + "}");

    assertThatThrownBy(() -> NoiseScheduler.of(NoiseScheduler.Kind.EULER, config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(fields.substring(1, fields.indexOf('"', 1)) + ": ")
        .hasMessageContaining("expected");
    assertThat(NoiseScheduler.of(NoiseScheduler.Kind.DDIM, config).steps(5)).hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"solver_order\":4",
        "\"solver_type\":\"euler\"",
        "\"predict_x0\":false",
        "\"solver_p\":{}",
        "\"lower_order_final\":false",
        "\"use_flow_sigmas\":true",
        "\"beta_schedule\":\"squaredcos_cap_v2\",\"use_karras_sigmas\":true"
      })
  void of_whatUniPcDoesNotDo_refusesNamingTheFieldAndDdimStillRuns(String fields) {
    var config = parse("{\"_class_name\":\"UniPCMultistepScheduler\"," + fields + "}");

    assertThatThrownBy(() -> NoiseScheduler.of(NoiseScheduler.Kind.UNIPC, config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(fields.substring(1, fields.indexOf('"', 1)) + ": ")
        .hasMessageContaining("expected");
    assertThat(NoiseScheduler.of(NoiseScheduler.Kind.DDIM, config).steps(5)).hasSize(5);
  }

  @Test
  void of_ddimFromNoiseAloneByEpsilon_refuses() {
    var config = parse("{\"rescale_betas_zero_snr\":true,\"timestep_spacing\":\"trailing\"}");

    assertThatThrownBy(() -> NoiseScheduler.of(NoiseScheduler.Kind.DDIM, config))
        .hasMessageStartingWith("rescale_betas_zero_snr: true with prediction_type epsilon");
  }

  @Test
  void asInStableDiffusionPipeline_anyFile_hasOffsetOneAndNoClipping() {
    var config = parse("{}");

    assertThat(config.clip()).isEqualTo(1);
    assertThat(config.stepsOffset()).isZero();
    assertThat(config.asInStableDiffusionPipeline().clip()).isInfinite();
    assertThat(config.asInStableDiffusionPipeline().stepsOffset()).isEqualTo(1);
  }

  @Test
  void setAlphaToOne_fileDoesNotSay_isEachSchedulersOwnDefault() {
    var config = parse("{\"_class_name\":\"PNDMScheduler\"}");

    assertThat(config.setAlphaToOne(NoiseScheduler.Kind.DDIM)).isTrue();
    assertThat(config.setAlphaToOne(NoiseScheduler.Kind.PNDM)).isFalse();
  }

  private static NoiseSchedulerConfig parse(String json) {
    return NoiseSchedulerConfig.parse(json);
  }
}
