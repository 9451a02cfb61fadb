package dev.synthorax.engine;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Small ONNX files for the contract of backends. */
public final class TestGraphs {

  /** In {@link #value}: the symbolic first dim. */
  static final String ROWS = "rows";

  private static final Map<DataType, TensorProto.DataType> TYPES =
      Map.ofEntries(
          Map.entry(DataType.BOOL, TensorProto.DataType.BOOL),
          Map.entry(DataType.UINT8, TensorProto.DataType.UINT8),
          Map.entry(DataType.UINT16, TensorProto.DataType.UINT16),
          Map.entry(DataType.UINT32, TensorProto.DataType.UINT32),
          Map.entry(DataType.UINT64, TensorProto.DataType.UINT64),
          Map.entry(DataType.INT8, TensorProto.DataType.INT8),
          Map.entry(DataType.INT16, TensorProto.DataType.INT16),
          Map.entry(DataType.INT32, TensorProto.DataType.INT32),
          Map.entry(DataType.INT64, TensorProto.DataType.INT64),
          Map.entry(DataType.FP16, TensorProto.DataType.FLOAT16),
          Map.entry(DataType.BF16, TensorProto.DataType.BFLOAT16),
          Map.entry(DataType.FP32, TensorProto.DataType.FLOAT),
          Map.entry(DataType.FP64, TensorProto.DataType.DOUBLE),
          Map.entry(DataType.BYTES, TensorProto.DataType.STRING));

  private TestGraphs() {}

  /** {@code y = x + bias} for FP32 {@code x} and {@code y} of {@code [rows, 3]}. */
  public static Path addBias(Path folder, float... bias) throws IOException {
    return write(
        folder.resolve("add-bias.onnx"),
        GraphProto.newBuilder()
            .addInput(value("x", TensorProto.DataType.FLOAT, ROWS, 3))
            .addOutput(value("y", TensorProto.DataType.FLOAT, ROWS, 3))
            .addInitializer(floats("bias", List.of(3L), bias))
            .addNode(node("Add", List.of("x", "bias"), "y")));
  }

  /**
   * Two inputs and two outputs, among them an INT64 one and one without rows: {@code sum = a + w},
   * {@code same = ids}.
   */
  public static Path mixed(Path folder) throws IOException {
    return write(
        folder.resolve("mixed.onnx"),
        GraphProto.newBuilder()
            .addInput(value("a", TensorProto.DataType.FLOAT, ROWS, 2))
            .addInput(value("w", TensorProto.DataType.FLOAT, 2))
            .addInput(value("ids", TensorProto.DataType.INT64, ROWS, 4))
            .addOutput(value("sum", TensorProto.DataType.FLOAT, ROWS, 2))
            .addOutput(value("same", TensorProto.DataType.INT64, ROWS, 4))
            .addNode(node("Add", List.of("a", "w"), "sum"))
            .addNode(node("Identity", List.of("ids"), "same")));
  }

  /** {@code y = max(x, 0)} for {@code [rows, width]}, both dynamic. */
  public static Path dynamicWidth(Path folder) throws IOException {
    return write(
        folder.resolve("dynamic-width.onnx"),
        GraphProto.newBuilder()
            .addInput(value("x", TensorProto.DataType.FLOAT, ROWS, "width"))
            .addOutput(value("y", TensorProto.DataType.FLOAT, ROWS, "width"))
            .addNode(node("Relu", List.of("x"), "y")));
  }

  /** {@code y = x} of {@code [rows, 3]} in some type. */
  public static Path identity(Path folder, DataType type) throws IOException {
    return write(
        folder.resolve("identity.onnx"),
        GraphProto.newBuilder()
            .addInput(value("x", elementType(type), ROWS, 3))
            .addOutput(value("y", elementType(type), ROWS, 3))
            .addNode(node("Identity", List.of("x"), "y")));
  }

  /** {@code y = max(x, 0)}, and {@code x} itself is an output too. */
  public static Path passThrough(Path folder) throws IOException {
    return write(
        folder.resolve("pass-through.onnx"),
        GraphProto.newBuilder()
            .addInput(value("x", TensorProto.DataType.FLOAT, ROWS, 3))
            .addOutput(value("x", TensorProto.DataType.FLOAT, ROWS, 3))
            .addOutput(value("y", TensorProto.DataType.FLOAT, ROWS, 3))
            .addNode(node("Relu", List.of("x"), "y")));
  }

  /** {@code y} is {@code x} in the dims that arrive with each run. */
  public static Path reshape(Path folder) throws IOException {
    return write(
        folder.resolve("reshape.onnx"),
        GraphProto.newBuilder()
            .addInput(value("x", TensorProto.DataType.FLOAT, ROWS, "width"))
            .addInput(value("dims", TensorProto.DataType.INT64, 2))
            .addOutput(value("y", TensorProto.DataType.FLOAT, "high", "wide"))
            .addNode(node("Reshape", List.of("x", "dims"), "y")));
  }

  /** {@code y} is where {@code x} is not zero: {@code [2, found]}, known once it is found. */
  public static Path nonZero(Path folder) throws IOException {
    return write(
        folder.resolve("non-zero.onnx"),
        GraphProto.newBuilder()
            .addInput(value("x", TensorProto.DataType.FLOAT, ROWS, "width"))
            .addOutput(value("y", TensorProto.DataType.INT64, 2, "found"))
            .addNode(node("NonZero", List.of("x"), "y")));
  }

  private static TensorProto.DataType elementType(DataType type) {
    return requireNonNull(TYPES.get(type), "type");
  }

  /** The engine's name of an element type. */
  static DataType dataType(TensorProto.@Nullable DataType type) {
    for (Map.Entry<DataType, TensorProto.DataType> entry : TYPES.entrySet()) {
      if (entry.getValue() == type) {
        return entry.getKey();
      }
    }
    throw new IllegalArgumentException("type: " + type);
  }

  /** An operator that no backend has. */
  public static Path unknownOperator(Path folder) throws IOException {
    return write(
        folder.resolve("unknown-operator.onnx"),
        GraphProto.newBuilder()
            .addInput(value("x", TensorProto.DataType.FLOAT, ROWS, 3))
            .addOutput(value("y", TensorProto.DataType.FLOAT, ROWS, 3))
            .addNode(node("Frobnicate", List.of("x"), "y")));
  }

  /** {@code y = table[ids]} with 3 table rows: an id of 3 or more fails while it runs. */
  public static Path lookup(Path folder) throws IOException {
    return write(
        folder.resolve("lookup.onnx"),
        GraphProto.newBuilder()
            .addInput(value("ids", TensorProto.DataType.INT64, ROWS))
            .addOutput(value("y", TensorProto.DataType.FLOAT, ROWS, 1))
            .addInitializer(floats("table", List.of(3L, 1L), 10, 20, 30))
            .addNode(node("Gather", List.of("table", "ids"), "y")));
  }

  /**
   * Marks what is bright and what is dark: {@code logits}, {@code [rows, 2, side, side]}, are 10
   * times {@code image}, and that with the other sign.
   */
  public static Path segmenter(Path folder, int side) throws IOException {
    return write(
        folder.resolve("segmenter.onnx"),
        GraphProto.newBuilder()
            .addInput(value("image", TensorProto.DataType.FLOAT, ROWS, 1, side, side))
            .addOutput(value("logits", TensorProto.DataType.FLOAT, ROWS, 2, side, side))
            .addInitializer(floats("signs", List.of(1L, 2L, 1L, 1L), 10, -10))
            .addNode(node("Mul", List.of("image", "signs"), "logits")));
  }

  /**
   * Finds two things: {@code y}, {@code [rows, 2]}, is the mean of {@code image}, and half of it.
   */
  public static Path classifier(Path folder, int side) throws IOException {
    return write(
        folder.resolve("classifier.onnx"),
        GraphProto.newBuilder()
            .addInput(value("image", TensorProto.DataType.FLOAT, ROWS, 1, side, side))
            .addOutput(value("y", TensorProto.DataType.FLOAT, ROWS, 2))
            .addInitializer(floats("shares", List.of(1L, 2L), 1, 0.5f))
            .addNode(node("GlobalAveragePool", List.of("image"), "mean"))
            .addNode(node("Flatten", List.of("mean"), "row"))
            .addNode(node("Mul", List.of("row", "shares"), "y")));
  }

  private static Path write(Path file, GraphProto.Builder graph) throws IOException {
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(9)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(20))
            .setGraph(graph.setName("test"))
            .build();
    return Files.write(file, model.toByteArray());
  }

  private static NodeProto node(String operator, List<String> inputs, String output) {
    return NodeProto.newBuilder().setOpType(operator).addAllInput(inputs).addOutput(output).build();
  }

  private static ValueInfoProto value(String name, TensorProto.DataType type, Object... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object dim : dims) {
      switch (dim) {
        case String symbol -> shape.addDimBuilder().setDimParam(symbol);
        case Integer size -> shape.addDimBuilder().setDimValue(size);
        default -> throw new IllegalArgumentException("dim: " + dim);
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }

  private static TensorProto floats(String name, List<Long> dims, float... values) {
    ByteBuffer raw =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(TensorProto.DataType.FLOAT.getNumber())
        .addAllDims(dims)
        .setRawData(ByteString.copyFrom(raw))
        .build();
  }
}
