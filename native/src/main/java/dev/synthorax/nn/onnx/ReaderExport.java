package dev.synthorax.nn.onnx;

import dev.synthorax.engine.DataType;
import dev.synthorax.nn.ChestClassifier;
import dev.synthorax.nn.ClassifierConfig;
import dev.synthorax.nn.Ops;
import dev.synthorax.nn.SegmentationConfig;
import dev.synthorax.nn.SegmentationUNet;
import dev.synthorax.nn.weights.ModelWeights;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Turns the networks that read radiographs into one ONNX file each, weights inside: {@code image}
 * FP32 {@code [rows, channels, height, width]} in -1..1 to {@code logits}.
 */
public final class ReaderExport {
  private ReaderExport() {}

  /**
   * Exports a {@link SegmentationUNet}; {@code logits} is {@code [rows, structures, height,
   * width]}.
   *
   * @param weights safetensors
   * @param file replaced if it exists
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED}, naming the file, if the
   *     weights do not fit
   */
  public static void segmenter(
      SegmentationConfig config, Path weights, int height, int width, Path file)
      throws IOException {
    export(
        "segmenter",
        weights,
        config.inChannels(),
        height,
        width,
        file,
        (ops, image) -> SegmentationUNet.forward(ops, config, image));
  }

  /**
   * Exports a {@link ChestClassifier}; {@code logits} is {@code [rows, findings]}.
   *
   * @param weights safetensors
   * @param file replaced if it exists
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED}, naming the file, if the
   *     weights do not fit
   */
  public static void classifier(
      ClassifierConfig config, Path weights, int height, int width, Path file) throws IOException {
    export(
        "classifier",
        weights,
        config.inChannels(),
        height,
        width,
        file,
        (ops, image) -> ChestClassifier.forward(ops, config, image));
  }

  @FunctionalInterface
  private interface Network {
    GraphValue forward(OnnxOps ops, GraphValue image);
  }

  private static void export(
      String name, Path weights, int channels, int height, int width, Path file, Network network)
      throws IOException {
    var graph = new OnnxGraph(name);
    try (ModelWeights source = ModelWeights.open(weights)) {
      var ops = new OnnxOps(graph, new EmbeddedWeights(source));
      GraphValue image = graph.input("image", DataType.FP32, Ops.DYNAMIC, channels, height, width);
      graph.output("logits", network.forward(ops, image));
      graph.write(file);
    }
  }
}
