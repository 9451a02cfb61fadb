package dev.synthorax.server.pipeline;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Function;

/**
 * What the fake networks compute: each output row from the same row of the inputs, alike at every
 * row count.
 */
final class FakeArithmetic {
  private FakeArithmetic() {}

  static void run(
      String output, int rows, Function<String, MemorySegment> inputs, MemorySegment to) {
    int elements = (int) (to.byteSize() / Float.BYTES / rows);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < elements; i++) {
        float value =
            switch (output) {
              case "last_hidden_state" ->
                  ids(inputs.apply("input_ids"), rows, row) * 0.01f + i * 0.1f;
              case "out_sample" ->
                  0.9f * at(inputs.apply("sample"), rows, row, i)
                      + 0.1f * (float) Math.sin(at(inputs.apply("timestep"), rows, row, 0))
                      + 0.3f * mean(inputs.apply("encoder_hidden_states"), rows, row)
                      + 0.5f * mean(inputs.apply("down_block_residual_0"), rows, row)
                      + 0.2f * mean(inputs.apply("mid_block_residual"), rows, row);
              case "down_block_residual_0", "mid_block_residual" ->
                  0.1f
                      + mean(inputs.apply("controlnet_cond"), rows, row)
                      + 0.05f * mean(inputs.apply("sample"), rows, row);
              case "sample" -> pixel(inputs.apply("latent_sample"), rows, row, i);
              case "latent_parameters" -> 2 * mean(inputs.apply("sample"), rows, row) + 0.1f * i;
              default -> throw new AssertionError(output);
            };
        to.setAtIndex(ValueLayout.JAVA_FLOAT, (long) row * elements + i, value);
      }
    }
  }

  static void add(MemorySegment to, float value) {
    for (long i = 0; i < to.byteSize() / Float.BYTES; i++) {
      to.setAtIndex(ValueLayout.JAVA_FLOAT, i, to.getAtIndex(ValueLayout.JAVA_FLOAT, i) + value);
    }
  }

  private static float pixel(MemorySegment latents, int rows, int row, int i) {
    int y = i / FakePipelines.SIDE / 8;
    int x = i % FakePipelines.SIDE / 8;
    return (float) Math.tanh(0.1f * at(latents, rows, row, 2 * y + x)) + 0.01f * (i % 5);
  }

  private static float ids(MemorySegment ids, int rows, int row) {
    int length = (int) (ids.byteSize() / Long.BYTES / rows);
    long sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (i + 1) * ids.getAtIndex(ValueLayout.JAVA_LONG, (long) row * length + i);
    }
    return sum;
  }

  private static float at(MemorySegment from, int rows, int row, int i) {
    int elements = (int) (from.byteSize() / Float.BYTES / rows);
    return from.getAtIndex(ValueLayout.JAVA_FLOAT, (long) row * elements + i);
  }

  private static float mean(MemorySegment from, int rows, int row) {
    int elements = (int) (from.byteSize() / Float.BYTES / rows);
    float sum = 0;
    for (int i = 0; i < elements; i++) {
      sum += at(from, rows, row, i);
    }
    return sum / elements;
  }
}
