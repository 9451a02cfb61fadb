package dev.synthorax.diffusion;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.RowOperations;
import dev.synthorax.engine.RowOperations.Coefficients;
import java.lang.foreign.MemorySegment;

/**
 * The one fused update of every noise scheduler, guidance included, over one image's latents.
 *
 * <p>Elements are computed in float32, each on its own and always in the same order, so the result
 * does not depend on the image's company or the machine. A chunk at a time passes through short
 * arrays, one term after another, which the compiler turns into vectors.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
public final class StepUpdate {
  /** Elements at a time, all arrays together in the nearest cache; a multiple of 4. */
  private static final int CHUNK = 1024;

  private final float[] output = new float[CHUNK]; // e
  private final float[] other = new float[CHUNK]; // what the term at hand needs beside it
  private final float[] latents = new float[CHUNK]; // x
  private final float[] image = new float[CHUNK]; // m
  private final float[] next = new float[CHUNK]; // x'

  StepUpdate() {}

  /**
   * Guides, predicts the image and moves the latents one step, in place.
   *
   * @param k the step
   * @param latents {@code x}, native order float32, replaced by {@code x'}
   * @param outputs the network's output rows, native order float32, one after another; each as long
   *     as {@code latents}
   * @param rows which of them are the image's, and its guidance
   * @param history {@code h_i} one after another, the newest first, native order float32, each as
   *     long as {@code latents}, at least as many as any step reads; where the step keeps
   *     something, the oldest gives way to it
   * @param noise {@code z}, an element for each of {@code latents}; read where {@code k.d()} is not
   *     0
   */
  public static void apply(
      StepCoefficients k,
      MemorySegment latents,
      MemorySegment outputs,
      Rows rows,
      MemorySegment history,
      float[] noise) {
    new StepUpdate()
        .move(
            k.packed(),
            latents,
            new Outputs(outputs, DataType.FP32, rows),
            history,
            (first, target, count) -> System.arraycopy(noise, first, target, 0, count));
  }

  /**
   * Where an image's outputs lie and how they are guided.
   *
   * @param unconditional row of the unconditional output; the conditional one where there is no
   *     guidance
   * @param conditional row of the conditional output
   * @param guidanceScale {@code g} in {@code e = u + g (c - u)}; not read where both rows are the
   *     same
   */
  public record Rows(int unconditional, int conditional, float guidanceScale) {
    public Rows {
      if (unconditional < 0 || conditional < 0) {
        throw new IllegalArgumentException(
            "rows: " + unconditional + ", " + conditional + " (expected: >= 0)");
      }
    }
  }

  /** A network's output rows, and which of them are the image's. */
  record Outputs(MemorySegment memory, DataType dataType, Rows rows) {
    private void read(int row, long elements, int first, float[] target, int count) {
      dataType.getFloats(memory, row * elements + first, target, count);
    }
  }

  /** Fresh noise of one image's step. */
  @FunctionalInterface
  interface Noise {
    /** Draws {@code count} elements from {@code first} on. */
    void draw(int first, float[] target, int count);
  }

  /** As {@link #apply}, of outputs of any type. */
  void move(Coefficients k, MemorySegment x, Outputs outputs, MemorySegment history, Noise noise) {
    int elements = Math.toIntExact(x.byteSize() / Float.BYTES);
    for (int first = 0; first < elements; first += CHUNK) {
      int count = Math.min(CHUNK, elements - first);
      guide(outputs, elements, first, count);
      DataType.FP32.getFloats(x, first, latents, count);
      predict(k, count);
      sum(k, count);
      for (int j = 0; j < k.c().size(); j++) {
        DataType.FP32.getFloats(history, (long) j * elements + first, other, count);
        add(k.c().get(j), other, count);
      }
      if (k.d() != 0) {
        noise.draw(first, other, count);
        add(k.d(), other, count);
      }
      if (k.keep() != RowOperations.Keep.NONE && history.byteSize() > 0) {
        boolean keepOutput = k.keep() == RowOperations.Keep.OUTPUT;
        remember(keepOutput ? output : image, history, elements, first, count);
      }
      DataType.FP32.setFloats(x, first, next, count);
    }
  }

  private void guide(Outputs outputs, int elements, int first, int count) {
    Rows rows = outputs.rows();
    outputs.read(rows.conditional(), elements, first, output, count);
    if (rows.unconditional() != rows.conditional()) {
      outputs.read(rows.unconditional(), elements, first, other, count);
      float g = rows.guidanceScale();
      for (int i = 0; i < count; i++) {
        output[i] = other[i] + g * (output[i] - other[i]);
      }
    }
  }

  private void predict(Coefficients k, int count) {
    float p = k.p();
    float q = k.q();
    float clip = k.clip();
    for (int i = 0; i < count; i++) {
      image[i] = Math.min(clip, Math.max(p * latents[i] + q * output[i], -clip));
    }
  }

  private void sum(Coefficients k, int count) {
    float a = k.a();
    float b = k.b();
    for (int i = 0; i < count; i++) {
      next[i] = a * latents[i] + b * image[i];
    }
    if (k.r() != 0) {
      add(k.r(), output, count);
    }
  }

  private void add(float factor, float[] term, int count) {
    for (int i = 0; i < count; i++) {
      next[i] += factor * term[i];
    }
  }

  private static void remember(
      float[] newest, MemorySegment history, int elements, int first, int count) {
    long entry = (long) elements * Float.BYTES;
    long at = (long) first * Float.BYTES;
    for (long j = history.byteSize() / entry - 1; j > 0; j--) {
      long bytes = (long) count * Float.BYTES;
      MemorySegment.copy(history, (j - 1) * entry + at, history, j * entry + at, bytes);
    }
    DataType.FP32.setFloats(history, first, newest, count);
  }
}
