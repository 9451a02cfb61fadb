package dev.synthorax.training.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.diffusion.ConsistencyBoundary;
import dev.synthorax.diffusion.NoiseSchedulerConfig;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.drawing.DiffusionProcess;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConsistencyLossIT {
  @ParameterizedTest
  @ValueSource(strings = {TinyPipeline.VELOCITY, TinyPipeline.EPSILON})
  void image_atTheBoundary_isTheSampleWhateverTheNetworkSays(String scheduler) {
    try (PointerScope _ = new PointerScope()) {
      var process = new DiffusionProcess(NoiseSchedulerConfig.parse(scheduler));
      Tensor noised = torch.randn(2, 4, 8, 8);

      Tensor image =
          ConsistencyLoss.image(
              process,
              new ConsistencyBoundary(10),
              noised,
              torch.randn(2, 4, 8, 8),
              new int[] {0, 0});

      assertThat(TorchTensors.toFloats(image)).isEqualTo(TorchTensors.toFloats(noised));
    }
  }
}
