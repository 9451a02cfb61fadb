package dev.synthorax.benchmarks;

import dev.synthorax.nn.onnx.format.GraphProto;
import dev.synthorax.nn.onnx.format.ModelProto;
import dev.synthorax.nn.onnx.format.NodeProto;
import dev.synthorax.nn.onnx.format.OperatorSetIdProto;
import dev.synthorax.nn.onnx.format.TensorProto;
import dev.synthorax.nn.onnx.format.TensorShapeProto;
import dev.synthorax.nn.onnx.format.TypeProto;
import dev.synthorax.nn.onnx.format.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A segmenter that calls bright pixels lungs, and dark ones heart. */
final class TinySegmenter {
  private static final int SIDE = 8;

  private TinySegmenter() {}

  /** Writes it as a training publishes one; returns its folder. */
  static Path write(Path home) throws IOException {
    Path graph = Files.createDirectories(home.resolve("1")).resolve("model.onnx");
    Files.write(graph, graph().toByteArray());
    Files.writeString(home.resolve("labels.txt"), "lungs\nheart\n");
    Files.writeString(home.resolve("config.json"), "{\"_class_name\": \"SegmentationUNet\"}");
    return home;
  }

  /** Logits of "lungs" are 10 times the image, those of "heart" the same with the other sign. */
  private static ModelProto graph() {
    var signs =
        TensorProto.newBuilder()
            .setName("signs")
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .addAllDims(List.of(1L, 2L, 1L, 1L))
            .addAllFloatData(List.of(10f, -10f));
    return ModelProto.newBuilder()
        .setIrVersion(9)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(20))
        .setGraph(
            GraphProto.newBuilder()
                .setName("segmenter")
                .addInput(value("image", 1))
                .addOutput(value("logits", 2))
                .addInitializer(signs)
                .addNode(
                    NodeProto.newBuilder()
                        .setOpType("Mul")
                        .addInput("image")
                        .addInput("signs")
                        .addOutput("logits")))
        .build();
  }

  private static ValueInfoProto value(String name, int channels) {
    var shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setDimParam("rows");
    List.of(channels, SIDE, SIDE).forEach(size -> shape.addDimBuilder().setDimValue(size));
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT.getNumber())
                        .setShape(shape)))
        .build();
  }
}
