package dev.synthorax.engine.tensorrt;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.GraphTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.TensorSpec;
import java.util.EnumSet;
import java.util.Set;

/** What a graph must be like, so that it can be compiled for fixed shapes. */
final class StaticGraph {

  /** Types that TensorRT's inputs and outputs can have. */
  static final Set<DataType> TYPES =
      Set.copyOf(
          EnumSet.of(
              DataType.FP32,
              DataType.FP16,
              DataType.BF16,
              DataType.INT64,
              DataType.INT32,
              DataType.INT8,
              DataType.UINT8,
              DataType.BOOL));

  private StaticGraph() {}

  /**
   * Checks.
   *
   * @throws InferenceException {@code UNSUPPORTED}, naming the tensor
   */
  static void require(OnnxFile graph, PlanRequest request) {
    String file = String.valueOf(request.graph().getFileName());
    for (GraphTensor tensor : graph.inputs()) {
      requireType(file, tensor.spec());
      requireRowsAlone(file, tensor.spec(), request);
    }
    for (GraphTensor tensor : graph.outputs()) {
      requireType(file, tensor.spec());
    }
  }

  private static void requireType(String file, TensorSpec spec) {
    if (!TYPES.contains(spec.dataType())) {
      throw unsupported(
          "%s: %s is %s (expected: %s)"
              .formatted(
                  file,
                  spec.name(),
                  spec.dataType(),
                  spec.dataType() == DataType.BYTES
                      ? "a type of fixed size"
                      : "one of " + EnumSet.copyOf(TYPES)));
    }
  }

  private static void requireRowsAlone(String file, TensorSpec spec, PlanRequest request) {
    if (spec.shape().lastIndexOf(TensorSpec.DYNAMIC) > 0) {
      throw unsupported(
          "%s: %s is %s (expected: no dynamic dim but the first; TensorRT compiles for fixed sizes)"
              .formatted(file, spec.name(), spec.shape()));
    }
    if (spec.hasRows() && request.rowProfiles().isEmpty()) {
      throw unsupported(
          "%s: %s is %s and no row counts are asked for (expected: some; TensorRT compiles for each)"
              .formatted(file, spec.name(), spec.shape()));
    }
  }

  private static InferenceException unsupported(String message) {
    return new InferenceException(ErrorReason.UNSUPPORTED, message);
  }
}
