package dev.synthorax.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PublishedSchedulerTest {
  @ParameterizedTest
  @CsvSource({
    "DDIMScheduler, DDIM, true",
    "DDIMParallelScheduler, DDIM, true",
    "DPMSolverMultistepScheduler, DPM_SOLVER_PP_2M, true",
    "DDPMScheduler, DDIM, false",
    "LCMScheduler, LCM, true",
    "TCDScheduler, DDIM, false",
    "EulerDiscreteScheduler, EULER, true",
    "EulerAncestralDiscreteScheduler, EULER_ANCESTRAL, true",
    "UniPCMultistepScheduler, UNIPC, true",
    "DPMSolverSinglestepScheduler, DPM_SOLVER_PP_2M, false",
    "DPMSolverSDEScheduler, DPM_SOLVER_PP_2M, false",
    "DEISMultistepScheduler, DPM_SOLVER_PP_2M, false",
    "HeunDiscreteScheduler, DPM_SOLVER_PP_2M, false",
    "KDPM2DiscreteScheduler, DPM_SOLVER_PP_2M, false",
    "KDPM2AncestralDiscreteScheduler, DPM_SOLVER_PP_2M, false",
    "LMSDiscreteScheduler, DPM_SOLVER_PP_2M, false",
    "SASolverScheduler, DPM_SOLVER_PP_2M, false"
  })
  void published_classOfStableDiffusion_hasOneOfOurs(
      String className, NoiseScheduler.Kind kind, boolean same) {
    var published = PublishedScheduler.of(ofClass(className, ""));

    assertThat(published.kind()).isEqualTo(kind);
    assertThat(published.same()).isEqualTo(same);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FlowMatchEulerDiscreteScheduler",
        "EDMEulerScheduler",
        "DDIMInverseScheduler",
        "CMStochasticIterativeScheduler",
        "VQDiffusionScheduler"
      })
  void published_classOfOtherModels_isRefusedByName(String className) {
    assertThatThrownBy(() -> PublishedScheduler.of(ofClass(className, "")))
        .hasMessageStartingWith("_class_name: " + className + " (expected: a noise scheduler of");
  }

  @Test
  void published_pndm_isOursWithoutRungeKuttaSteps() {
    var plain = ofClass("PNDMScheduler", ",\"skip_prk_steps\":true");
    var rungeKutta = ofClass("PNDMScheduler", "");

    assertThat(PublishedScheduler.of(plain))
        .isEqualTo(new PublishedScheduler("PNDMScheduler", NoiseScheduler.Kind.PNDM, true));
    assertThat(PublishedScheduler.of(rungeKutta))
        .isEqualTo(
            new PublishedScheduler(
                "PNDMScheduler with skip_prk_steps false",
                NoiseScheduler.Kind.DPM_SOLVER_PP_2M,
                false));
    assertThatThrownBy(() -> NoiseScheduler.of(NoiseScheduler.Kind.PNDM, rungeKutta))
        .hasMessageStartingWith("skip_prk_steps: false (expected: true");
  }

  private static NoiseSchedulerConfig ofClass(String className, String fields) {
    return NoiseSchedulerConfig.parse("{\"_class_name\":\"" + className + "\"" + fields + "}");
  }
}
