package dev.synthorax.nn.onnx;

import dev.synthorax.engine.DataType;
import dev.synthorax.nn.Ops;
import dev.synthorax.nn.ReaderConfig;
import dev.synthorax.nn.weights.ModelWeights;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Turns a network that reads radiographs into one ONNX file, weights inside: {@code image} FP32
 * {@code [rows, 1, height, width]}, grey in -1..1, to {@code logits}.
 */
public final class ReaderExport {
  private ReaderExport() {}

  /**
   * Exports it.
   *
   * @param weights safetensors
   * @param file replaced if it exists
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED}, naming the file, if the
   *     weights do not fit
   */
  public static void write(ReaderConfig config, Path weights, int height, int width, Path file)
      throws IOException {
    var graph = new OnnxGraph(config.marks() ? "segmenter" : "classifier");
    try (ModelWeights source = ModelWeights.open(weights)) {
      var ops = new OnnxOps(graph, new EmbeddedWeights(source));
      GraphValue image = graph.input("image", DataType.FP32, Ops.DYNAMIC, 1, height, width);
      graph.output("logits", config.forward(ops, image).logits());
      graph.write(file);
    }
  }
}
