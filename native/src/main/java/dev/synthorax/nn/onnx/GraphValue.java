package dev.synthorax.nn.onnx;

import dev.synthorax.engine.DataType;
import java.util.List;

/**
 * A value in a graph under construction.
 *
 * @param name unique in the graph
 * @param dataType element type
 * @param shape dims; only the first may be {@link dev.synthorax.nn.Ops#DYNAMIC}
 */
record GraphValue(String name, DataType dataType, List<Long> shape) {

  /** Stands for an optional input that a node does not take. */
  static final GraphValue ABSENT = new GraphValue("", DataType.FP32, List.of());

  GraphValue {
    shape = List.copyOf(shape);
  }

  int rank() {
    return shape.size();
  }

  long dim(int axis) {
    return shape.get(axis);
  }

  long[] dims() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }
}
