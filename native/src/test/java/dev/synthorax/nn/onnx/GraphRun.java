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
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs a graph once on ONNX Runtime. */
final class GraphRun {

  private GraphRun() {}

  /**
   * Runs with two threads.
   *
   * @param inputs {@code float[]} or {@code long[]} by name
   * @return the outputs, all FP32
   */
  static Map<String, float[]> run(Path file, int rows, Map<String, Object> inputs) {
    try (Backend backend = Backends.open("onnxruntime");
        DeviceStream stream = backend.openStream(backend.devices().getFirst());
        Plan plan = backend.openPlan(request(backend, file, 2));
        ExecutionContext context = plan.openContext(rows)) {
      inputs.forEach((name, values) -> fill(context.buffer(name).host(), values));
      context.enqueue(stream);
      return outputs(plan, context);
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

  static void fill(MemorySegment buffer, Object values) {
    switch (values) {
      case float[] floats -> buffer.copyFrom(MemorySegment.ofArray(floats));
      case long[] longs -> buffer.copyFrom(MemorySegment.ofArray(longs));
      default -> throw new IllegalArgumentException("values: " + values.getClass());
    }
  }

  static Map<String, float[]> outputs(Plan plan, ExecutionContext context) {
    Map<String, float[]> results = new LinkedHashMap<>();
    for (TensorSpec spec : plan.outputs()) {
      results.put(spec.name(), context.buffer(spec.name()).host().toArray(ValueLayout.JAVA_FLOAT));
    }
    return results;
  }
}
