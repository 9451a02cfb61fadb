package dev.synthorax.engine.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.GraphTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.engine.TestGraphs;
import dev.synthorax.nn.onnx.format.AttributeProto;
import dev.synthorax.nn.onnx.format.GraphProto;
import dev.synthorax.nn.onnx.format.ModelProto;
import dev.synthorax.nn.onnx.format.NodeProto;
import dev.synthorax.nn.onnx.format.StringStringEntryProto;
import dev.synthorax.nn.onnx.format.TensorProto;
import dev.synthorax.nn.onnx.format.TypeProto;
import dev.synthorax.nn.onnx.format.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxFileTest {

  @TempDir Path folder;

  @Test
  void read_graph_givesInputsAndOutputsInItsOrder() throws IOException {
    OnnxFile graph = OnnxFile.read(TestGraphs.mixed(folder));

    assertThat(graph.inputs())
        .containsExactly(
            tensor("a", DataType.FP32, List.of("rows", ""), -1L, 2L),
            tensor("w", DataType.FP32, List.of(""), 2L),
            tensor("ids", DataType.INT64, List.of("rows", ""), -1L, 4L));
    assertThat(graph.outputs())
        .containsExactly(
            tensor("sum", DataType.FP32, List.of("rows", ""), -1L, 2L),
            tensor("same", DataType.INT64, List.of("rows", ""), -1L, 4L));
    assertThat(graph.weightFiles()).isEmpty();
  }

  private static GraphTensor tensor(
      String name, DataType type, List<String> symbols, Long... dims) {
    return new GraphTensor(new TensorSpec(name, type, List.of(dims)), symbols);
  }

  @ParameterizedTest
  @EnumSource(DataType.class)
  void read_everyType_isThatOfTheWire(DataType type) throws IOException {
    OnnxFile graph = OnnxFile.read(TestGraphs.identity(folder, type));

    assertThat(graph.inputs().getFirst().spec().dataType()).isEqualTo(type);
  }

  @Test
  void read_initializerThatIsAnInputToo_isNoInput() throws IOException {
    ModelProto model =
        ModelProto.parseFrom(Files.readAllBytes(TestGraphs.addBias(folder, 1, 2, 3)));
    var graph = model.getGraph().toBuilder();
    graph.addInput(graph.getInput(0).toBuilder().setName("bias"));

    OnnxFile read = OnnxFile.read(write(graph));

    assertThat(read.inputs()).extracting(input -> input.spec().name()).containsExactly("x");
  }

  @Test
  void read_weightsElsewhere_areNamedWhereverTheyAreUsed() throws IOException {
    var graph =
        GraphProto.newBuilder()
            .addInitializer(external("w1", "weights.fp16"))
            .addInitializer(external("w2", "weights.fp16"))
            .addNode(
                NodeProto.newBuilder()
                    .setOpType("Constant")
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("value")
                            .setT(external("w3", "more/constants.bin"))));

    assertThat(OnnxFile.read(write(graph)).weightFiles())
        .containsExactly("more/constants.bin", "weights.fp16");
  }

  @Test
  void read_weightsOutsideTheFolder_isRefused() throws IOException {
    var graph = GraphProto.newBuilder().addInitializer(external("w", "../../secret"));

    assertFails(
        write(graph),
        ErrorReason.MODEL_FAILED,
        "graph.onnx: weights in ../../secret (expected: a file in the graph's folder)");
  }

  private static TensorProto external(String name, String location) {
    return TensorProto.newBuilder()
        .setName(name)
        .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue(location))
        .addExternalData(StringStringEntryProto.newBuilder().setKey("offset").setValue("0"))
        .build();
  }

  @Test
  void read_noShape_isRefusedByName() throws IOException {
    var graph =
        GraphProto.newBuilder()
            .addInput(
                ValueInfoProto.newBuilder()
                    .setName("x")
                    .setType(
                        TypeProto.newBuilder()
                            .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1))));

    assertFails(write(graph), ErrorReason.UNSUPPORTED, "graph.onnx: x has no shape (expected: ");
  }

  @Test
  void read_filesThatAreNoGraph_areOneLine() throws IOException {
    Path text = Files.writeString(folder.resolve("text.onnx"), "not a graph\n");
    Path empty = Files.writeString(folder.resolve("empty.onnx"), "");
    Path whole = TestGraphs.addBias(folder, 1, 2, 3);
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(bytes, bytes.length - 20));

    assertFails(text, ErrorReason.MODEL_FAILED, "text.onnx: ");
    assertFails(empty, ErrorReason.MODEL_FAILED, "empty.onnx: no graph in it (expected: ");
    assertFails(cut, ErrorReason.MODEL_FAILED, "cut.onnx: ");
    assertFails(folder, ErrorReason.MODEL_FAILED, folder.getFileName() + ": a folder (expected: ");
  }

  private static void assertFails(Path file, ErrorReason reason, String message) {
    var failure = catchThrowableOfType(InferenceException.class, () -> OnnxFile.read(file));

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure.getMessage()).startsWith(message).hasLineCount(1);
  }

  private Path write(GraphProto.Builder graph) throws IOException {
    return Files.write(
        folder.resolve("graph.onnx"),
        ModelProto.newBuilder().setGraph(graph).build().toByteArray());
  }
}
