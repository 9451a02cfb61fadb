package dev.synthorax.nn.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a graph once on ONNX Runtime. */
final class GraphRun {

  private GraphRun() {}

  /**
   * Runs with two threads.
   *
   * @param inputs {@code float[]} for inputs of any floating-point type or {@code long[]}, by name
   * @return the outputs, of any floating-point type
   */
  static Map<String, float[]> run(Path file, int rows, Map<String, Object> inputs) {
    try (Backend backend = Backends.open("onnxruntime-cpu");
        DeviceStream stream = backend.openStream(backend.devices().getFirst());
        Plan plan = backend.openPlan(request(backend, file, 2));
        ExecutionContext context = plan.openContext(rows)) {
      for (TensorSpec input : context.inputs()) {
        fill(context.buffer(input.name()).host(), input, inputs.get(input.name()));
      }
      context.enqueue(stream);
      Map<String, float[]> results = new LinkedHashMap<>();
      for (TensorSpec output : context.outputs()) {
        results.put(output.name(), floats(context.buffer(output.name()).host(), output));
      }
      return results;
    }
  }

  /** On the backend's first device. */
  static PlanRequest request(Backend backend, Path file, int threads) {
    Device device = backend.devices().getFirst();
    return PlanRequest.of(file, device).withIntraOpThreads(threads);
  }

  /** The same for a graph with one output. */
  static float[] runOne(Path file, int rows, Map<String, Object> inputs) {
    Map<String, float[]> outputs = run(file, rows, inputs);
    assertThat(outputs).hasSize(1);
    return outputs.values().iterator().next();
  }

  private static void fill(MemorySegment buffer, TensorSpec input, @Nullable Object values) {
    switch (values) {
      case float[] floats -> {
        assertThat((long) floats.length).as(input.name()).isEqualTo(input.elements());
        for (int i = 0; i < floats.length; i++) {
          input.dataType().setFloat(buffer, i, floats[i]);
        }
      }
      case long[] longs -> buffer.copyFrom(MemorySegment.ofArray(longs));
      case null, default -> throw new IllegalArgumentException(input.name() + ": " + values);
    }
  }

  private static float[] floats(MemorySegment buffer, TensorSpec output) {
    float[] values = new float[Math.toIntExact(output.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = output.dataType().getFloat(buffer, i);
    }
    return values;
  }
}
