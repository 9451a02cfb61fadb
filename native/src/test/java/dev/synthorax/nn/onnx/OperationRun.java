package dev.synthorax.nn.onnx;

import dev.synthorax.engine.Precision;
import dev.synthorax.nn.Ops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiFunction;

/** Emits one operation and runs it. */
final class OperationRun {

  /** For operations without parameters, and graphs that are not run. */
  static final WeightSource NO_WEIGHTS = (initializer, name, dataType, shape) -> {};

  private OperationRun() {}

  /**
   * Runs.
   *
   * @param dims of {@code x} after the rows
   */
  static float[] run(
      Path folder,
      Precision precision,
      WeightSource weights,
      int rows,
      long[] dims,
      float[] x,
      BiFunction<OnnxOps, GraphValue, GraphValue> operation)
      throws IOException {
    OnnxGraph graph = new OnnxGraph("operation");
    OnnxOps ops = new OnnxOps(graph, weights, precision);
    long[] shape = new long[dims.length + 1];
    shape[0] = Ops.DYNAMIC;
    System.arraycopy(dims, 0, shape, 1, dims.length);
    graph.output("y", operation.apply(ops, graph.input("x", precision.dataType(), shape)));
    Path file = Files.write(folder.resolve("graph.onnx"), graph.model().toByteArray());
    return GraphRun.runOne(file, rows, Map.of("x", x));
  }
}
