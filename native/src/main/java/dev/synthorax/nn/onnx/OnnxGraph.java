package dev.synthorax.nn.onnx;

import com.google.protobuf.ByteString;
import dev.synthorax.engine.DataType;
import dev.synthorax.files.AtomicFiles;
import dev.synthorax.nn.Ops;
import dev.synthorax.nn.onnx.format.AttributeProto;
import dev.synthorax.nn.onnx.format.GraphProto;
import dev.synthorax.nn.onnx.format.ModelProto;
import dev.synthorax.nn.onnx.format.NodeProto;
import dev.synthorax.nn.onnx.format.OperatorSetIdProto;
import dev.synthorax.nn.onnx.format.TensorProto;
import dev.synthorax.nn.onnx.format.TensorShapeProto;
import dev.synthorax.nn.onnx.format.TypeProto;
import dev.synthorax.nn.onnx.format.ValueInfoProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX graph under construction. Its inputs and outputs have the symbolic first dim {@code
 * rows}; every other dim is a number.
 *
 * @see <a href="https://onnx.ai/onnx/repo-docs/IR.html">the format</a>
 */
final class OnnxGraph {

  /** The name of the symbolic first dim. */
  static final String ROWS = "rows";

  /** The first with Gelu as an operator; TensorRT and ONNX Runtime know it well. */
  private static final long OPSET = 20;

  /** The format's version that came with that operator set. */
  private static final long IR_VERSION = 9;

  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final Map<String, GraphValue> parameters = new HashMap<>();
  private final Map<ByteString, GraphValue> constants = new HashMap<>();
  private int values;

  OnnxGraph(String name) {
    graph.setName(name);
  }

  /** The whole file. */
  ModelProto model() {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("synthorax")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
        .setGraph(graph)
        .build();
  }

  /** Writes the whole file, or nothing. */
  void write(Path file) throws IOException {
    ByteBuffer bytes = model().toByteString().asReadOnlyByteBuffer();
    AtomicFiles.write(
        file,
        channel -> {
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }

  GraphValue input(String name, DataType dataType, long... shape) {
    GraphValue value = new GraphValue(name, dataType, boxed(shape));
    graph.addInput(info(value));
    return value;
  }

  /** Gives a value a public name. */
  void output(String name, GraphValue value) {
    graph.addNode(
        NodeProto.newBuilder().setOpType("Identity").addInput(value.name()).addOutput(name));
    graph.addOutput(info(new GraphValue(name, value.dataType(), value.shape())));
  }

  /** The parameter of that name, or null if nobody asked for it yet. */
  @Nullable GraphValue parameter(String name) {
    return parameters.get(name);
  }

  /** An initializer with a parameter's elements, from or at a source. */
  GraphValue parameter(String name, WeightSource weights, long... shape) {
    GraphValue value = new GraphValue(name, DataType.FP32, boxed(shape));
    TensorProto.Builder tensor = tensor(value);
    weights.fill(tensor, name, shape);
    graph.addInitializer(tensor);
    parameters.put(name, value);
    return value;
  }

  GraphValue constant(float[] elements, long... shape) {
    ByteBuffer raw =
        ByteBuffer.allocate(elements.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(elements);
    return constant(DataType.FP32, raw, shape);
  }

  /** A list of numbers, as reshapes and slices take it. */
  GraphValue constant(long... elements) {
    ByteBuffer raw =
        ByteBuffer.allocate(elements.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(elements);
    return constant(DataType.INT64, raw, elements.length);
  }

  private GraphValue constant(DataType dataType, ByteBuffer raw, long... shape) {
    TensorProto.Builder tensor =
        tensor(new GraphValue("", dataType, boxed(shape))).setRawData(ByteString.copyFrom(raw));
    return constants.computeIfAbsent(
        tensor.build().toByteString(),
        _ -> {
          String name = "constant_" + constants.size();
          graph.addInitializer(tensor.setName(name));
          return new GraphValue(name, dataType, boxed(shape));
        });
  }

  /**
   * Appends a node of one output.
   *
   * @param path scope, for readers of the graph
   * @param attributes see {@link #attribute}
   */
  GraphValue node(
      String path,
      String operator,
      List<GraphValue> inputs,
      List<AttributeProto> attributes,
      long... shape) {
    String name = path + (path.isEmpty() ? "" : ".") + operator + "_" + values++;
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setName(name)
            .setOpType(operator)
            .addOutput(name)
            .addAllAttribute(attributes);
    inputs.forEach(input -> node.addInput(input.name()));
    graph.addNode(node);
    return new GraphValue(name, DataType.FP32, boxed(shape));
  }

  static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  static AttributeProto attribute(String name, double value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF((float) value)
        .build();
  }

  static AttributeProto attribute(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  static AttributeProto attribute(String name, long[] values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addAllInts(boxed(values))
        .build();
  }

  private static TensorProto.Builder tensor(GraphValue value) {
    return TensorProto.newBuilder()
        .setName(value.name())
        .setDataType(elementType(value.dataType()))
        .addAllDims(value.shape());
  }

  private static ValueInfoProto info(GraphValue value) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dim : value.shape()) {
      if (dim == Ops.DYNAMIC) {
        shape.addDimBuilder().setDimParam(ROWS);
      } else {
        shape.addDimBuilder().setDimValue(dim);
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(value.name())
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(elementType(value.dataType()))
                        .setShape(shape)))
        .build();
  }

  private static int elementType(DataType dataType) {
    TensorProto.DataType type =
        switch (dataType) {
          case BOOL -> TensorProto.DataType.BOOL;
          case UINT8 -> TensorProto.DataType.UINT8;
          case UINT16 -> TensorProto.DataType.UINT16;
          case UINT32 -> TensorProto.DataType.UINT32;
          case UINT64 -> TensorProto.DataType.UINT64;
          case INT8 -> TensorProto.DataType.INT8;
          case INT16 -> TensorProto.DataType.INT16;
          case INT32 -> TensorProto.DataType.INT32;
          case INT64 -> TensorProto.DataType.INT64;
          case FP16 -> TensorProto.DataType.FLOAT16;
          case BF16 -> TensorProto.DataType.BFLOAT16;
          case FP32 -> TensorProto.DataType.FLOAT;
          case FP64 -> TensorProto.DataType.DOUBLE;
          case BYTES -> TensorProto.DataType.STRING;
        };
    return type.getNumber();
  }

  private static List<Long> boxed(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
