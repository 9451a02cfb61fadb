package dev.synthorax.nn.onnx;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.Precision;
import dev.synthorax.nn.GoldenCase;
import dev.synthorax.nn.Ops;
import dev.synthorax.nn.weights.ModelWeights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Emits a network with a golden case's weights, and runs it on the case's inputs. */
final class GoldenGraph {

  private GoldenGraph() {}

  /** Emits a network whose inputs are given by name. */
  interface Emitter {
    void emit(OnnxGraph graph, OnnxOps ops, List<GraphValue> inputs);
  }

  /**
   * Emits the file alone.
   *
   * @param names of the inputs: INT64 where they end with {@code ids}, FP32 for {@code timestep},
   *     else of the precision's type
   */
  static Path write(
      GoldenCase golden, Path folder, Precision precision, List<String> names, Emitter emitter) {
    try (ModelWeights weights = ModelWeights.open(golden.weights())) {
      return new GraphCache(folder, precision)
          .graph(
              "weights",
              "graph",
              weights,
              (graph, ops) -> {
                List<GraphValue> values = new ArrayList<>();
                for (String name : names) {
                  long[] shape = golden.shape(name);
                  shape[0] = Ops.DYNAMIC;
                  values.add(graph.input(name, dataType(name, precision), shape));
                }
                emitter.emit(graph, ops, values);
              });
    }
  }

  /** Emits and runs. */
  static Map<String, float[]> run(
      GoldenCase golden, Path folder, Precision precision, List<String> names, Emitter emitter) {
    Path file = write(golden, folder, precision, names, emitter);
    Map<String, Object> inputs = new LinkedHashMap<>();
    for (String name : names) {
      inputs.put(name, name.endsWith("ids") ? golden.longs(name) : golden.floats(name));
    }
    return GraphRun.run(file, Math.toIntExact(golden.shape(names.getFirst())[0]), inputs);
  }

  private static DataType dataType(String name, Precision precision) {
    if (name.endsWith("ids")) {
      return DataType.INT64;
    }
    return name.equals("timestep") ? DataType.FP32 : precision.dataType();
  }
}
