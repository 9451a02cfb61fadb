package dev.synthorax.training.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.nn.torch.TorchTensors;
import java.util.LinkedHashMap;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

final class ScoreIT {
  private static ReaderTask.Targets targets(float[] values, float[] known, long... shape) {
    long[] flags = shape.length == 2 ? shape : new long[] {shape[0], shape[1], 1, 1};
    return new ReaderTask.Targets(
        TorchTensors.floats(values, shape), TorchTensors.floats(known, flags));
  }

  /** By hand: of edema's 2 x 2 pairs one is right, one is a tie, two are right. */
  @Test
  void areas_tiesAndUnknowns_countAsHalfAndNotAtAll() {
    try (PointerScope _ = new PointerScope()) {
      var score = new Score.Areas(List.of("edema", "nodule"));
      score.add(
          TorchTensors.floats(new float[] {3, 0, 1, 0, 1, 0}, 3, 2),
          targets(new float[] {1, 0, 1, 0, 0, 0}, new float[] {1, 1, 1, 1, 1, 1}, 3, 2));
      score.add(
          TorchTensors.floats(new float[] {-2, 0, 9, 0}, 2, 2),
          targets(new float[] {0, 0, 0, 0}, new float[] {1, 1, 0, 0}, 2, 2));
      var told = new LinkedHashMap<String, Double>();

      double mean = score.tell(told);

      assertThat(told).containsOnlyKeys("auroc", "auroc.edema");
      assertThat(mean).isCloseTo((1 + 1 + 0.5 + 1) / 4, within(1e-12));
    }
  }

  @Test
  void areas_logitsThatAreNoNumbers_endAllTheSame() {
    try (PointerScope _ = new PointerScope()) {
      var score = new Score.Areas(List.of("edema"));
      score.add(
          TorchTensors.floats(new float[] {Float.NaN, Float.NaN}, 2, 1),
          targets(new float[] {1, 0}, new float[] {1, 1}, 2, 1));

      assertThat(score.tell(new LinkedHashMap<>())).isEqualTo(0.5);
    }
  }

  @Test
  void overlaps_emptyAndUnknownMasks_areLeftOut() {
    try (PointerScope _ = new PointerScope()) {
      var score = new Score.Overlaps(List.of("lungs", "heart"));
      score.add(
          TorchTensors.floats(
              new float[] {
                1, 1, -1, -1, /* heart */ -1, -1, -1, -1, /* next */ 1, 1, 1, 1, 1, 1, 1, 1
              },
              2,
              2,
              2,
              2),
          targets(
              new float[] {1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0},
              new float[] {1, 1, 1, 0},
              2,
              2,
              2,
              2));
      var told = new LinkedHashMap<String, Double>();

      double mean = score.tell(told);

      assertThat(told).containsOnlyKeys("dice", "dice.lungs");
      assertThat(mean).isCloseTo((2.0 / 3 + 1) / 2, within(1e-6));
    }
  }
}
