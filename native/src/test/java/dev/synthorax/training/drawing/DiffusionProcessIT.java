package dev.synthorax.training.drawing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.diffusion.NoiseSchedulerConfig;
import dev.synthorax.nn.torch.TorchTensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DiffusionProcessIT {
  private static final int[] TIMESTEPS = {0, 400, 980};

  @ParameterizedTest
  @ValueSource(strings = {"epsilon", "v_prediction"})
  void estimateAndNoise_ofAPerfectOutput_areWhatWasMixed(String prediction) {
    try (PointerScope _ = new PointerScope()) {
      var process = process("\"prediction_type\": \"" + prediction + "\"");
      Tensor latents = torch.randn(3, 4, 2, 2);
      Tensor epsilon = torch.randn(3, 4, 2, 2);

      Tensor noised = process.noised(latents, epsilon, TIMESTEPS);
      Tensor output = process.target(latents, epsilon, TIMESTEPS);

      assertThat(farthest(process.estimate(noised, output, TIMESTEPS), latents)).isLessThan(1e-4);
      assertThat(farthest(process.noise(noised, output, TIMESTEPS), epsilon)).isLessThan(1e-4);
    }
  }

  @Test
  void noised_betweenAllSignalAndNone_isMixedByTheSchedule() {
    try (PointerScope _ = new PointerScope()) {
      var process =
          process("\"prediction_type\": \"v_prediction\", \"rescale_betas_zero_snr\": true");
      Tensor latents = torch.ones(2, 1, 1, 1);
      Tensor epsilon = torch.full(new long[] {2, 1, 1, 1}, new org.bytedeco.pytorch.Scalar(3.0));

      float[] noised = TorchTensors.toFloats(process.noised(latents, epsilon, new int[] {999, 0}));

      assertThat(noised[0]).isEqualTo(3);
      assertThat(noised[1]).isCloseTo(1.087f, within(0.001f));
    }
  }

  private static double farthest(Tensor found, Tensor expected) {
    return found.sub(expected).abs().max().item_double();
  }

  private static DiffusionProcess process(String field) {
    return new DiffusionProcess(
        NoiseSchedulerConfig.parse(
            "{\"beta_start\": 0.00085, \"beta_end\": 0.012, \"beta_schedule\": \"scaled_linear\","
                + field
                + "}"));
  }
}
