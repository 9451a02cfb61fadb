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
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** The first whose convolutions and pools take BF16, for graphs that hold any. */
  private static final long BF16_OPSET = 22;

  private static final long BF16_IR_VERSION = 10;

  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final Map<String, GraphValue> parameters = new HashMap<>();
  private final Map<ByteString, GraphValue> constants = new HashMap<>();
  private final Map<String, float[]> rounded = new HashMap<>(); // constants as they were given
  private final Map<String, GraphValue> widened = new HashMap<>();
  private int values;

  OnnxGraph(String name) {
    graph.setName(name);
  }

  /** The whole file; constants that nothing uses after all are left out. */
  ModelProto model() {
    Set<String> used = new HashSet<>();
    graph.getNodeList().forEach(node -> used.addAll(node.getInputList()));
    GraphProto.Builder whole = graph.clone().clearInitializer();
    graph.getInitializerList().stream()
        .filter(each -> used.contains(each.getName()) || parameters.containsKey(each.getName()))
        .forEach(whole::addInitializer);
    boolean bf16 =
        graph.getInitializerList().stream()
            .anyMatch(each -> each.getDataType() == elementType(DataType.BF16));
    return ModelProto.newBuilder()
        .setIrVersion(bf16 ? BF16_IR_VERSION : IR_VERSION)
        .setProducerName("synthorax")
        .addOpsetImport(
            OperatorSetIdProto.newBuilder().setDomain("").setVersion(bf16 ? BF16_OPSET : OPSET))
        .setGraph(whole)
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
  GraphValue parameter(String name, DataType dataType, WeightSource weights, long... shape) {
    GraphValue value = new GraphValue(name, dataType, boxed(shape));
    TensorProto.Builder tensor = tensor(value);
    weights.fill(tensor, name, dataType, shape);
    graph.addInitializer(tensor);
    parameters.put(name, value);
    return value;
  }

  /** Fixed numbers, rounded to nearest; see {@link #cast} for how to have them exactly. */
  GraphValue constant(DataType dataType, float[] elements, long... shape) {
    ByteBuffer raw =
        ByteBuffer.allocate(elements.length * dataType.bytes()).order(ByteOrder.nativeOrder());
    MemorySegment segment = MemorySegment.ofBuffer(raw);
    for (int i = 0; i < elements.length; i++) {
      dataType.setFloat(segment, i, elements[i]);
    }
    GraphValue constant = constant(dataType, raw, shape);
    if (dataType != DataType.FP32) {
      rounded.put(constant.name(), elements.clone());
    }
    return constant;
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
   * Appends a node of one output, whose type is the first input's.
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
    return new GraphValue(name, inputs.getFirst().dataType(), boxed(shape));
  }

  /**
   * A value in another type; itself where it has that type already. Each value is widened once, and
   * a constant is widened to the numbers that it was made from.
   */
  GraphValue cast(String path, GraphValue x, DataType to) {
    if (x.dataType() == to) {
      return x;
    }
    if (to != DataType.FP32) {
      return castNode(path, x, to);
    }
    float[] exact = rounded.get(x.name());
    if (exact != null) {
      return constant(DataType.FP32, exact, x.dims());
    }
    GraphValue known = widened.get(x.name());
    if (known == null) {
      known = castNode(path, x, to);
      widened.put(x.name(), known);
    }
    return known;
  }

  private GraphValue castNode(String path, GraphValue x, DataType to) {
    List<AttributeProto> type = List.of(attribute("to", elementType(to)));
    GraphValue result = node(path, "Cast", List.of(x), type, x.dims());
    return new GraphValue(result.name(), to, result.shape());
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
