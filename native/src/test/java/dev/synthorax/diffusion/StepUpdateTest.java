package dev.synthorax.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StepUpdateTest {
  private static final StepCoefficients.History KEEP = StepCoefficients.History.PREDICTED_IMAGE;

  @Test
  void apply_twoRows_guidesAwayFromTheUnconditional() {
    var step = step(1, 1, 0, 0, 1, 0, 0, Double.POSITIVE_INFINITY, KEEP);
    float[] x = {0, 0};
    float[] history = new float[2];

    StepUpdate.apply(
        step,
        MemorySegment.ofArray(x),
        MemorySegment.ofArray(new float[] {9, 9, 1, 2, 3, 5}),
        new StepUpdate.Rows(1, 2, 4),
        MemorySegment.ofArray(history),
        new float[0]);

    assertThat(x).containsExactly(1 + 4 * (3 - 1), 2 + 4 * (5 - 2));
    assertThat(history).containsExactly(9, 14);
  }

  @Test
  void apply_everyTerm_addsUp() {
    var step = step(2, 3, 5, 7, 11, 13, 17, 4, KEEP);
    float[] x = {1};
    float[] history = {2};

    StepUpdate.apply(
        step,
        MemorySegment.ofArray(x),
        MemorySegment.ofArray(new float[] {0.5f}),
        new StepUpdate.Rows(0, 0, 1),
        MemorySegment.ofArray(history),
        new float[] {0.25f});

    float predicted = 2 * 1 + 3 * 0.5f; // 3.5, inside the clip of 4
    assertThat(x[0]).isEqualTo(5 + 11 * predicted + 7 * 0.5f + 13 * 2 + 17 * 0.25f);
    assertThat(history[0]).isEqualTo(predicted);
  }

  @Test
  void apply_severalRemembered_readsTheNewestFirstAndDropsTheOldest() {
    var step =
        new StepCoefficients(
            1,
            1,
            0,
            0,
            Double.POSITIVE_INFINITY,
            2,
            3,
            0,
            List.of(5.0, 7.0, 11.0),
            0,
            StepCoefficients.History.OUTPUT);
    float[] x = {1, 2};
    float[] history = {1, 2, 3, 4, 5, 6};

    StepUpdate.apply(
        step,
        MemorySegment.ofArray(x),
        MemorySegment.ofArray(new float[] {10, 20}),
        new StepUpdate.Rows(0, 0, 1),
        MemorySegment.ofArray(history),
        new float[0]);

    assertThat(x)
        .containsExactly(2 + 3 * 10 + 5 * 1 + 7 * 3 + 11 * 5, 4 + 3 * 20 + 5 * 2 + 7 * 4 + 11 * 6);
    assertThat(history).containsExactly(10, 20, 1, 2, 3, 4);
  }

  @Test
  void apply_predictionBeyondTheClip_isClamped() {
    var step = step(10, 0, 0, 0, 1, 0, 0, 1.5, StepCoefficients.History.NONE);
    float[] x = {1, -1};
    float[] history = {7, 7};

    StepUpdate.apply(
        step,
        MemorySegment.ofArray(x),
        MemorySegment.ofArray(new float[2]),
        new StepUpdate.Rows(0, 0, 1),
        MemorySegment.ofArray(history),
        new float[0]);

    assertThat(x).containsExactly(1.5f, -1.5f);
    assertThat(history).containsExactly(7, 7);
  }

  private static StepCoefficients step(
      double p,
      double q,
      double a,
      double r,
      double b,
      double c,
      double d,
      double clip,
      StepCoefficients.History history) {
    return new StepCoefficients(
        1, 1, p, q, clip, a, r, b, c == 0 ? List.of() : List.of(c), d, history);
  }
}
