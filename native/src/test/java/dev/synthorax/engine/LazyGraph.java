package dev.synthorax.engine;

import static java.util.Objects.requireNonNull;

import dev.synthorax.nn.onnx.format.GraphProto;
import dev.synthorax.nn.onnx.format.ModelProto;
import dev.synthorax.nn.onnx.format.NodeProto;
import dev.synthorax.nn.onnx.format.TensorProto;
import dev.synthorax.nn.onnx.format.TensorShapeProto;
import dev.synthorax.nn.onnx.format.ValueInfoProto;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The graphs of the contract, in plain Java: every node writes one of the graph's outputs. */
public record LazyGraph(GraphProto graph, List<GraphTensor> inputs, List<GraphTensor> outputs) {
  private static final Set<String> OPERATORS =
      Set.of("Add", "Identity", "Relu", "Gather", "Reshape");

  /**
   * Reads a graph.
   *
   * @throws IOException if it is none, or has an operator that is not known here
   */
  public static LazyGraph read(Path file) throws IOException {
    GraphProto graph = ModelProto.parseFrom(Files.readAllBytes(file)).getGraph();
    if (graph.getNodeCount() == 0) {
      throw new IOException("it has no nodes");
    }
    for (NodeProto node : graph.getNodeList()) {
      if (!OPERATORS.contains(node.getOpType())) {
        throw new IOException("operator " + node.getOpType() + " (expected: " + OPERATORS + ")");
      }
    }
    return new LazyGraph(
        graph,
        graph.getInputList().stream().map(LazyGraph::tensor).toList(),
        graph.getOutputList().stream().map(LazyGraph::tensor).toList());
  }

  private static GraphTensor tensor(ValueInfoProto value) {
    var type = value.getType().getTensorType();
    DataType dataType = TestGraphs.dataType(TensorProto.DataType.forNumber(type.getElemType()));
    var shape = new ArrayList<Long>();
    var symbols = new ArrayList<String>();
    for (TensorShapeProto.Dimension dim : type.getShape().getDimList()) {
      shape.add(dim.hasDimValue() ? dim.getDimValue() : TensorSpec.DYNAMIC);
      symbols.add(dim.getDimParam());
    }
    return new GraphTensor(new TensorSpec(value.getName(), dataType, shape), symbols);
  }

  /** Computes every output. */
  public void run(Map<String, MemorySegment> memory) {
    var values = new HashMap<>(memory);
    for (TensorProto tensor : graph.getInitializerList()) {
      values.put(tensor.getName(), MemorySegment.ofArray(tensor.getRawData().toByteArray()));
    }
    for (NodeProto node : graph.getNodeList()) {
      List<MemorySegment> in =
          node.getInputList().stream().map(values::get).map(Objects::requireNonNull).toList();
      run(node.getOpType(), in, requireNonNull(values.get(node.getOutput(0))));
    }
  }

  private static void run(String operator, List<MemorySegment> in, MemorySegment out) {
    MemorySegment x = in.getFirst();
    switch (operator) {
      case "Identity", "Reshape" -> out.copyFrom(x);
      case "Add" -> {
        MemorySegment y = in.get(1);
        long period = y.byteSize() / Float.BYTES;
        for (long i = 0; i < out.byteSize() / Float.BYTES; i++) {
          set(out, i, get(x, i) + get(y, i % period));
        }
      }
      case "Relu" -> {
        for (long i = 0; i < out.byteSize() / Float.BYTES; i++) {
          set(out, i, Math.max(get(x, i), 0));
        }
      }
      case "Gather" -> {
        MemorySegment ids = in.get(1);
        for (long i = 0; i < out.byteSize() / Float.BYTES; i++) {
          long id = ids.getAtIndex(ValueLayout.JAVA_LONG, i);
          if (id < 0 || id >= x.byteSize() / Float.BYTES) {
            throw new InferenceException(
                ErrorReason.BACKEND_FAILURE, "lazy: index " + id + " is out of bounds");
          }
          set(out, i, get(x, id));
        }
      }
      default -> throw new AssertionError(operator);
    }
  }

  private static float get(MemorySegment values, long index) {
    return DataType.FP32.getFloat(values, index);
  }

  private static void set(MemorySegment values, long index, float value) {
    DataType.FP32.setFloat(values, index, value);
  }
}
