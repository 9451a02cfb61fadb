package dev.synthorax.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.cli.SynthoraxCommand;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.image.file.ImageFile;
import dev.synthorax.nn.onnx.format.GraphProto;
import dev.synthorax.nn.onnx.format.ModelProto;
import dev.synthorax.nn.onnx.format.NodeProto;
import dev.synthorax.nn.onnx.format.OperatorSetIdProto;
import dev.synthorax.nn.onnx.format.TensorProto;
import dev.synthorax.nn.onnx.format.TensorShapeProto;
import dev.synthorax.nn.onnx.format.TypeProto;
import dev.synthorax.nn.onnx.format.ValueInfoProto;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole way: the commands, a server of their own, and readers on ONNX Runtime. */
@Timeout(120)
class ReadingCommandsIT {
  private static final int SIDE = 8;

  @TempDir private Path folder;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  private static String server() {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    words.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "dev.synthorax.server.Main"));
    return String.join("\n", words);
  }

  private int run(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--data", folder.resolve("data").toString(), "--verbose"));
    return SynthoraxCommand.execute(
        Map.of(ServerCommand.VARIABLE, server()),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        all.toArray(String[]::new));
  }

  /** As a training publishes one. */
  private Path segmenter() throws IOException {
    Path home = folder.resolve("models/marks");
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

  /** Left half white, right half black. */
  private Path film(int side) throws IOException {
    byte[] pixels = new byte[side * side];
    for (int y = 0; y < side; y++) {
      Arrays.fill(pixels, y * side, y * side + side / 2, (byte) 255);
    }
    return Files.write(folder.resolve("film.png"), Png.encode(GrayImage.of(side, side, pixels)));
  }

  @Test
  void segment_serverOfItsOwn_marksTheFilm() throws IOException {
    Path marked = folder.resolve("marked");

    int code =
        run(
            "segment",
            film(32).toString(),
            "--models",
            segmenter().toString(),
            "--out",
            marked.toString());

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).startsWith("1 image segmented by marks 1: ");
    assertThat(ImageFile.readMask(marked.resolve("masks/film-lungs.png"), 64).area())
        .isEqualTo(32 * 16);
    assertThat(Files.readAllLines(marked.resolve("segment.csv")).get(1))
        .startsWith("film,lungs,32,32,512,0.500000,0,0,16,32,");
  }

  @Test
  void classify_noClassifierAmongTheModels_saysWhatToDo() throws IOException {
    Path table = Files.writeString(folder.resolve("findings.csv"), "of an earlier call");

    int code =
        run(
            "classify",
            film(16).toString(),
            "--models",
            segmenter().toString(),
            "--out",
            table.toString());

    assertThat(code).isEqualTo(2);
    assertThat(table).hasContent("of an earlier call");
    assertThat(err.toString())
        .contains("no model of this server finds findings (expected: a trained classifier")
        .contains("docs/readers.md");
  }
}
