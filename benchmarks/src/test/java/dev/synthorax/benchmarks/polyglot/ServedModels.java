package dev.synthorax.benchmarks.polyglot;

import com.google.protobuf.TextFormat;
import dev.synthorax.nn.onnx.format.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small models that the tests of every language know. */
final class ServedModels {
  private static final String FROM_ZERO_TO_ONE =
      """
      parameters { key: "synthorax.range" value { string_value: "0 1" } }
      parameters { key: "synthorax.output" value { string_value: "probabilities" } }
      """;

  private ServedModels() {}

  /**
   * Writes a model repository: {@code doubler}, {@code y = 2 x} for FP32 {@code [any, 2]}; {@code
   * marker}, to which a pixel's grey is the probability of {@code lungs}; {@code reader}, to which
   * the mean grey is that of {@code edema}. The last two read 8 x 8 pixels.
   *
   * @param folder that it is written into
   */
  static void write(Path folder) throws IOException {
    model(
        folder.resolve("doubler"),
        tensor("rows", 2),
        tensor("rows", 2),
        "node { op_type: 'Add' input: 'x' input: 'x' output: 'y' }",
        """
        input { name: "x" data_type: TYPE_FP32 dims: [-1, 2] }
        output { name: "y" data_type: TYPE_FP32 dims: [-1, 2] }
        """);
    model(
        folder.resolve("marker"),
        tensor("rows", 1, 8, 8),
        tensor("rows", 1, 8, 8),
        "node { op_type: 'Identity' input: 'x' output: 'y' }",
        """
        max_batch_size: 4
        input { name: "x" data_type: TYPE_FP32 dims: [1, 8, 8] }
        output { name: "y" data_type: TYPE_FP32 dims: [1, 8, 8] label_filename: "labels.txt" }
        parameters { key: "synthorax.reads" value { string_value: "structures" } }
        """
            + FROM_ZERO_TO_ONE);
    Files.writeString(folder.resolve("marker/labels.txt"), "lungs\n");
    model(
        folder.resolve("reader"),
        tensor("rows", 1, 8, 8),
        tensor("rows", 1),
        """
        node { op_type: 'GlobalAveragePool' input: 'x' output: 'mean' }
        node { op_type: 'Flatten' input: 'mean' output: 'y' }
        """,
        """
        max_batch_size: 4
        input { name: "x" data_type: TYPE_FP32 dims: [1, 8, 8] }
        output { name: "y" data_type: TYPE_FP32 dims: [1] label_filename: "labels.txt" }
        parameters { key: "synthorax.reads" value { string_value: "findings" } }
        """
            + FROM_ZERO_TO_ONE);
    Files.writeString(folder.resolve("reader/labels.txt"), "edema\n");
  }

  private static void model(Path folder, String x, String y, String nodes, String config)
      throws IOException {
    String text =
        """
        ir_version: 9
        opset_import { version: 20 }
        graph { name: 'small' input { name: 'x' %s } output { name: 'y' %s } %s }
        """
            .formatted(x, y, nodes);
    Path file = Files.createDirectories(folder.resolve("1")).resolve("model.onnx");
    Files.write(file, TextFormat.parse(text, ModelProto.class).toByteArray());
    Files.writeString(folder.resolve("config.pbtxt"), config);
  }

  /** The type of an FP32 tensor whose first dim has a name. */
  private static String tensor(String first, int... others) {
    var dims = new StringBuilder("dim { dim_param: '%s' }".formatted(first));
    for (int size : others) {
      dims.append(" dim { dim_value: %d }".formatted(size));
    }
    return "type { tensor_type { elem_type: 1 shape { %s } } }".formatted(dims);
  }
}
