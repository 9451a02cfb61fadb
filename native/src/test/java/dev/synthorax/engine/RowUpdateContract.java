package dev.synthorax.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.diffusion.CounterNoise;
import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.diffusion.NoiseSchedulerConfig;
import dev.synthorax.engine.RowOperations.Coefficients;
import dev.synthorax.engine.RowOperations.Keep;
import dev.synthorax.engine.RowOperations.Update;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What every implementation promises of a denoising step's update. */
abstract class RowUpdateContract extends RowMovesContract {
  private static final float NO_CLIP = Float.POSITIVE_INFINITY;

  /** One image as the formulas in {@link Coefficients} see it, element by element. */
  private static final class Twin {
    private final float[] x;
    private final float[][] history;

    private Twin(float[] x, int entries) {
      this.x = x.clone();
      this.history = new float[entries][x.length];
    }

    private void step(Update update, float[] outputs) {
      Coefficients k = update.step();
      float[] noise = new float[x.length];
      CounterNoise.normal(update.seed(), 0, update.number(), noise);
      for (int i = 0; i < x.length; i++) {
        float e = outputs[update.conditional() * x.length + i];
        if (update.conditional() != update.unconditional()) {
          float u = outputs[update.unconditional() * x.length + i];
          e = u + update.guidanceScale() * (e - u);
        }
        float m = Math.clamp(k.p() * x[i] + k.q() * e, -k.clip(), k.clip());
        float next = k.a() * x[i] + k.b() * m;
        next += k.r() == 0 ? 0 : k.r() * e;
        for (int j = 0; j < k.c().size(); j++) {
          next += k.c().get(j) * history[j][i];
        }
        next += k.d() == 0 ? 0 : k.d() * noise[i];
        x[i] = next;
        if (k.keep() != Keep.NONE && history.length > 0) {
          for (int j = history.length - 1; j > 0; j--) {
            history[j][i] = history[j - 1][i];
          }
          history[0][i] = k.keep() == Keep.OUTPUT ? e : m;
        }
      }
    }

    /** Goes on from other numbers, which differ by the last bits of the noise alone. */
    private void follow(float[] moved, int normalUlps, String what) {
      for (int i = 0; i < x.length; i++) {
        float off = normalUlps * Math.max(4e-7f, Math.ulp(x[i]));
        assertThat(moved[i]).as(what).isCloseTo(x[i], within(off));
      }
      System.arraycopy(moved, 0, x, 0, x.length);
    }

    private float[] allHistory() {
      float[] all = new float[history.length * x.length];
      for (int j = 0; j < history.length; j++) {
        System.arraycopy(history[j], 0, all, j * x.length, x.length);
      }
      return all;
    }
  }

  @ParameterizedTest
  @EnumSource(NoiseScheduler.Kind.class)
  void update_everyNoiseScheduler_walksAsItsTwin(NoiseScheduler.Kind kind) {
    var steps = NoiseScheduler.of(kind, NoiseSchedulerConfig.parse("{}")).steps(6);
    int elements = 4 * 9 * 7;
    DeviceBuffer latents = put(0, normals(elements));
    DeviceBuffer history = put(0, new float[3 * elements]);
    var twin = new Twin(floats(latents), 3);

    for (int i = 0; i < steps.size(); i++) {
      float[] outputs = normals(2 * elements);
      var update = new Update(latents, history, 1, 0, 4.5f, steps.get(i).packed(), 11, i + 1);
      operations.update(stream, List.of(update), tensor(DataType.FP32, 0, outputs));
      twin.step(update, outputs);

      if (update.step().d() == 0) {
        assertSameBits(floats(latents), twin.x, kind + " step " + i);
      } else {
        twin.follow(floats(latents), normalUlps(), kind + " step " + i);
      }
    }
    assertSameBits(floats(history), twin.allHistory(), "history of " + kind);
  }

  @ParameterizedTest
  @CsvSource({
    "FP32, 1, 0, true",
    "FP32, 1023, 4, true",
    "FP32, 16384, 0, false",
    "FP16, 3, 0, true",
    "FP16, 2050, 2, false",
    "FP16, 16384, 0, true",
    "BF16, 1028, 0, true",
    "BF16, 1029, 2, true",
    "BF16, 16384, 0, false",
  })
  void update_imagesOfManyKinds_moveInOneCall(
      DataType type, int elements, int outputShift, boolean guided) {
    float[] outputs = normals(7 * elements);
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = rounded(type, outputs[i]);
    }
    var coefficients =
        List.of(
            new Coefficients(1.2f, -0.7f, 1, 0.5f, 0.25f, 0.75f, List.of(), 0, Keep.NONE),
            new Coefficients(
                1.2f, -0.7f, NO_CLIP, 0.5f, 0, 0.75f, List.of(2f, -1f, 0.5f), 0, Keep.OUTPUT),
            new Coefficients(
                1.2f, -0.7f, 1, 0.5f, 0.25f, 0.75f, List.of(0.1f), 0, Keep.PREDICTED_IMAGE));
    var updates = new ArrayList<Update>();
    var twins = new ArrayList<Twin>();
    for (int i = 0; i < 3; i++) {
      float[] x = normals(elements);
      int shift = i == 2 ? 4 : 0;
      DeviceBuffer history = put(shift, new float[3 * elements]);
      int unconditional = guided ? 2 * i : 2 * i + 1;
      updates.add(
          new Update(
              put(shift, x),
              history,
              2 * i + 1,
              unconditional,
              1.5f + i,
              coefficients.get(i),
              i,
              3));
      twins.add(new Twin(x, 3));
    }
    var rows = tensor(type, outputShift, outputs);

    for (int time = 0; time < 2; time++) {
      operations.update(stream, updates, rows);
      for (int i = 0; i < 3; i++) {
        twins.get(i).step(updates.get(i), outputs);
      }
    }

    for (int i = 0; i < 3; i++) {
      assertSameBits(floats(updates.get(i).latents()), twins.get(i).x, "image " + i);
      assertSameBits(
          floats(updates.get(i).history()), twins.get(i).allHistory(), "history of " + i);
    }
  }

  @ParameterizedTest
  @CsvSource({"4096", "1", "6", "1027"})
  void update_stepThatDraws_addsTheNoiseOfItsSeedAndNumber(int elements) {
    float[] x = normals(elements);
    float[] outputs = normals(elements);
    var step = new Coefficients(1, -0.5f, NO_CLIP, 0.5f, 0, 0.75f, List.of(), 0.8f, Keep.NONE);
    DeviceBuffer latents = put(0, x);
    var update = new Update(latents, room(0, 0), 0, 0, 1, step, 0xfedcba9876543210L, 12);
    var twin = new Twin(x, 0);

    operations.update(stream, List.of(update), tensor(DataType.FP32, 0, outputs));
    twin.step(update, outputs);

    float[] moved = floats(latents);
    float off = normalUlps() * 4e-7f; // a normal is below 6.7, and so is what it is added to
    for (int i = 0; i < elements; i++) {
      assertThat(moved[i]).isCloseTo(twin.x[i], within(off));
    }
  }

  @Test
  void update_hugeAndMissingNumbers_passThroughTheClip() {
    float[] x = {Float.NaN, 1, Float.POSITIVE_INFINITY, -1e38f, 0, -0f};
    float[] outputs = {0, Float.NaN, 0, Float.NEGATIVE_INFINITY, -0f, 0};
    var step = new Coefficients(2, 1, 1, 0, 0, 1, List.of(), 0, Keep.PREDICTED_IMAGE);
    DeviceBuffer latents = put(0, x);
    var update = new Update(latents, room(24, 0), 0, 0, 1, step, 0, 1);
    var twin = new Twin(x, 1);

    operations.update(stream, List.of(update), tensor(DataType.FP32, 0, outputs));
    twin.step(update, outputs);

    assertSameBits(floats(latents), twin.x, "latents");
    assertSameBits(floats(update.history()), twin.allHistory(), "history");
  }

  @Test
  void update_moreImagesThanOneTableHolds_allMove() {
    int images = 150;
    float[] outputs = normals(images * 5);
    var step = new Coefficients(1, 1, NO_CLIP, 0.5f, 0, 1, List.of(), 0, Keep.NONE);
    var updates = new ArrayList<Update>();
    var expected = new ArrayList<float[]>();
    for (int i = 0; i < images; i++) {
      float[] x = normals(5);
      var update = new Update(put(0, x), room(0, 0), i, i, 1, step, 0, 1);
      var twin = new Twin(x, 0);
      twin.step(update, outputs);
      updates.add(update);
      expected.add(twin.x);
    }

    operations.update(stream, updates, tensor(DataType.FP32, 0, outputs));

    for (int i = 0; i < images; i++) {
      assertSameBits(floats(updates.get(i).latents()), expected.get(i), "image " + i);
    }
  }

  @Test
  void update_noImages_doesNothing() {
    operations.update(stream, List.of(), tensor(DataType.FP32, 0, 1, 2));
  }

  @Test
  void update_whatDoesNotFit_isRefusedWithTheValue() {
    var step = new Coefficients(1, 1, 1, 1, 0, 1, List.of(1f, 1f), 0, Keep.OUTPUT);
    var outputs = tensor(DataType.FP16, 0, new float[8]);
    var third = new Update(room(16, 0), room(32, 0), 2, 1, 1, step, 0, 1);

    assertRefused(
        () -> operations.update(stream, List.of(third), outputs),
        "rows: 2, 1 of 4 elements (expected: within outputs of 8)");
    assertRefused(
        () -> new Update(room(16, 0), room(16, 0), 0, 0, 1, step, 0, 1),
        "history: 1 entries (expected: 2 to 3)");
    assertRefused(
        () -> new Update(room(16, 0), room(64, 0), 0, 0, 1, step, 0, 1),
        "history: 4 entries (expected: 2 to 3)");
    assertRefused(
        () -> new Update(room(16, 0), room(40, 0), 0, 0, 1, step, 0, 1),
        "history: 40 (expected: a multiple of 16)");
    assertRefused(
        () -> new Coefficients(1, 1, 1, 1, 0, 1, List.of(1f, 1f, 1f, 1f), 0, Keep.OUTPUT),
        "c: 4 of the history (expected: at most 3)");
  }

  @Test
  void update_historyOfOneEntry_isReplaced() {
    var step = new Coefficients(0, 2, NO_CLIP, 0, 0, 1, List.of(10f), 0, Keep.OUTPUT);
    DeviceBuffer latents = put(0, new float[6]);
    DeviceBuffer history = put(0, 1, 2, 3, 4, 5, 6);
    float[] outputs = {1, 1, 1, 1, 1, 1};

    operations.update(
        stream,
        List.of(new Update(latents, history, 0, 0, 1, step, 0, 1)),
        tensor(DataType.FP32, 0, outputs));

    assertThat(floats(latents)).containsExactly(12, 22, 32, 42, 52, 62);
    assertThat(Arrays.equals(floats(history), outputs)).isTrue();
  }
}
