package dev.synthorax.training.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.nn.weights.SafetensorsFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FlatOptimizerIT {
  private static final FlatOptimizer.Settings SETTINGS =
      new FlatOptimizer.Settings(0.9, 0.999, 1e-8, 0.05, 1e9, 0.999);
  private static final Offset<Float> CLOSE = within(2e-6f);

  @TempDir Path folder;

  private static Tensor parameter(float... values) {
    return TorchTensors.floats(values, values.length).set_requires_grad(true);
  }

  /** Sum over both of (x - 3)^2, so that the gradients are easy to see. */
  private static Tensor loss(Tensor a, Tensor b) {
    var three = new org.bytedeco.pytorch.Scalar(3.0);
    return a.sub(three).square().sum().add(b.sub(three).square().sum());
  }

  @Test
  void update_severalSteps_agreesWithLibtorchsAdamW() {
    try (PointerScope _ = new PointerScope()) {
      Tensor a = parameter(1, -2);
      Tensor b = parameter(0.5f, 4, 0);
      Tensor a2 = parameter(1, -2);
      Tensor b2 = parameter(0.5f, 4, 0);
      var options = new AdamWOptions(0.1);
      options.weight_decay().put(0.05);
      var reference = new AdamW(new TensorVector(a2, b2), options);
      try (var optimizer = new FlatOptimizer(List.of(a, b), SETTINGS)) {
        for (int step = 0; step < 5; step++) {
          loss(a, b).backward();
          optimizer.update(0.1);
          reference.zero_grad();
          loss(a2, b2).backward();
          reference.step();
        }

        assertThat(TorchTensors.toFloats(a)).containsExactly(TorchTensors.toFloats(a2), CLOSE);
        assertThat(TorchTensors.toFloats(b)).containsExactly(TorchTensors.toFloats(b2), CLOSE);
        assertThat(TorchTensors.toFloats(a)[0]).isNotEqualTo(1f);
      }
    }
  }

  @Test
  void update_longGradient_isShortened() {
    try (PointerScope _ = new PointerScope()) {
      Tensor a = parameter(1000);
      Tensor b = parameter(3);
      var clipped = new FlatOptimizer.Settings(0, 0, 1, 0, 1, 0.999);
      try (var optimizer = new FlatOptimizer(List.of(a, b), clipped)) {
        loss(a, b).backward();

        double norm = optimizer.update(1);

        assertThat(norm).isCloseTo(1994, within(1e-3));
        assertThat(TorchTensors.toFloats(a)[0])
            .isCloseTo(999.5f, within(1e-4f)); // 1 / (1 + epsilon 1)
      }
    }
  }

  @Test
  void update_gradientNotFinite_leavesValuesAlone() {
    try (PointerScope _ = new PointerScope()) {
      Tensor a = parameter(Float.NaN);
      Tensor b = parameter(3, 5);
      try (var optimizer = new FlatOptimizer(List.of(a, b), SETTINGS)) {
        loss(a, b).backward();

        optimizer.update(0.1);

        assertThat(optimizer.step()).isEqualTo(1);
        assertThat(TorchTensors.toFloats(b)).containsExactly(3, 5);
      }
    }
  }

  @Test
  void swapAverage_runningStatistics_areAveragedLikeTheValues() throws Exception {
    try (PointerScope _ = new PointerScope()) {
      Tensor a = parameter(1, -2);
      Tensor b = parameter(4);
      Tensor mean = TorchTensors.floats(new float[] {0}, 1);
      Tensor kept = TorchTensors.floats(new float[] {7}, 1);
      Path file = folder.resolve("state.safetensors");
      try (var optimizer =
          new FlatOptimizer(List.of(a, b), List.of(mean), List.of(kept), SETTINGS)) {
        loss(a, b).backward();
        mean.fill_(new org.bytedeco.pytorch.Scalar(11.0));
        optimizer.update(0.1); // after one step the average keeps 2 / 11
        optimizer.save(file, Map.of());
        mean.fill_(new org.bytedeco.pytorch.Scalar(5.0));
        kept.fill_(new org.bytedeco.pytorch.Scalar(5.0));
        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
          optimizer.restore(stored);
        }
        optimizer.swapAverage();
        float averaged = TorchTensors.toFloats(mean)[0];
        optimizer.swapAverage();

        assertThat(averaged).isCloseTo(9, within(1e-5f));
        assertThat(TorchTensors.toFloats(mean)).containsExactly(11);
        assertThat(TorchTensors.toFloats(kept)).containsExactly(7);
      }
    }
  }

  @Test
  void restore_afterSave_continuesExactly() throws Exception {
    try (PointerScope _ = new PointerScope()) {
      Tensor a = parameter(1, -2);
      Tensor b = parameter(0.5f);
      Tensor a2 = parameter(9, 9);
      Tensor b2 = parameter(9);
      Path file = folder.resolve("state.safetensors");
      try (var straight = new FlatOptimizer(List.of(a, b), SETTINGS);
          var resumed = new FlatOptimizer(List.of(a2, b2), SETTINGS)) {
        loss(a, b).backward();
        straight.update(0.1);
        straight.save(file, Map.of("run", "this"));
        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
          resumed.restore(stored);
          assertThat(stored.metadata()).containsEntry("run", "this");
        }
        loss(a, b).backward();
        straight.update(0.1);
        loss(a2, b2).backward();
        resumed.update(0.1);
        straight.swapAverage();
        resumed.swapAverage();

        assertThat(resumed.step()).isEqualTo(2);
        assertThat(TorchTensors.toFloats(a2)).containsExactly(TorchTensors.toFloats(a));
      }
    }
  }
}
