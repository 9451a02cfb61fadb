package dev.synthorax.diffusion;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The one fused update of every noise scheduler, guidance included, over one image's latents.
 *
 * <p>Elements are computed in float32, each on its own and always in the same order, so the result
 * does not depend on the image's company or the machine.
 */
public final class StepUpdate {
  private StepUpdate() {}

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
    float p = (float) k.p();
    float q = (float) k.q();
    float clip = (float) k.clip();
    float a = (float) k.a();
    float r = (float) k.r();
    float b = (float) k.b();
    float[] c = new float[k.c().size()];
    for (int j = 0; j < c.length; j++) {
      c[j] = k.c().get(j).floatValue();
    }
    float d = (float) k.d();
    long kept =
        k.history() == StepCoefficients.History.NONE ? 0 : history.byteSize() / latents.byteSize();
    boolean keepOutput = k.history() == StepCoefficients.History.OUTPUT;
    boolean guided = rows.unconditional() != rows.conditional();
    int elements = Math.toIntExact(latents.byteSize() / Float.BYTES);
    long unconditional = (long) rows.unconditional() * elements;
    long conditional = (long) rows.conditional() * elements;
    for (int i = 0; i < elements; i++) {
      float e = outputs.getAtIndex(ValueLayout.JAVA_FLOAT, conditional + i);
      if (guided) {
        float u = outputs.getAtIndex(ValueLayout.JAVA_FLOAT, unconditional + i);
        e = u + rows.guidanceScale() * (e - u);
      }
      float x = latents.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      float m = Math.clamp(p * x + q * e, -clip, clip);
      float next = a * x + b * m;
      if (r != 0) {
        next += r * e;
      }
      for (int j = 0; j < c.length; j++) {
        next += c[j] * history.getAtIndex(ValueLayout.JAVA_FLOAT, (long) j * elements + i);
      }
      if (d != 0) {
        next += d * noise[i];
      }
      if (kept > 0) {
        for (long j = kept - 1; j > 0; j--) {
          float newer = history.getAtIndex(ValueLayout.JAVA_FLOAT, (j - 1) * elements + i);
          history.setAtIndex(ValueLayout.JAVA_FLOAT, j * elements + i, newer);
        }
        history.setAtIndex(ValueLayout.JAVA_FLOAT, i, keepOutput ? e : m);
      }
      latents.setAtIndex(ValueLayout.JAVA_FLOAT, i, next);
    }
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
}
