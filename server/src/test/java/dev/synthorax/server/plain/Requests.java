package dev.synthorax.server.plain;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.proto.inference.ModelConfig;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/** Requests to a model with one FP32 input {@code x} and output {@code y}. */
final class Requests {
  private Requests() {}

  static HostTensor floats(String name, List<Long> shape, float... values) {
    return new HostTensor(name, DataType.FP32, shape, MemorySegment.ofArray(values));
  }

  static float[] values(HostTensor tensor) {
    return tensor.bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
  }

  /** One value a row. */
  static PlainRequest of(float... rows) {
    return timed(0, PlainRequest.NO_DEADLINE, rows);
  }

  static PlainRequest timed(long timeoutMicros, long deadlineNanos, float... rows) {
    return new PlainRequest(
        "",
        List.of(floats("x", List.of((long) rows.length, 1L), rows)),
        List.of(),
        0,
        timeoutMicros,
        deadlineNanos,
        "");
  }

  static PlainRequest withPriority(long priority, float... rows) {
    PlainRequest plain = of(rows);
    return new PlainRequest(
        "", plain.inputs(), List.of(), priority, 0, PlainRequest.NO_DEADLINE, "");
  }

  static PlainDescription description(ModelConfig config) {
    List<TensorSpec> inputs = List.of(new TensorSpec("x", DataType.FP32, List.of(-1L, 1L)));
    List<TensorSpec> outputs = List.of(new TensorSpec("y", DataType.FP32, List.of(-1L, 1L)));
    return new PlainDescription(
        "fake", 1, config, inputs, outputs, Map.of(), "fake 1 (CPU)", null, List.of());
  }
}
