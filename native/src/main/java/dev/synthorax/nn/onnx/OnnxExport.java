package dev.synthorax.nn.onnx;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.NetworkGraph;
import dev.synthorax.nn.weights.ModelWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes networks as ONNX files for other programs. */
public final class OnnxExport {
  private static final String MODEL = "model.onnx";
  private static final String WEIGHTS = "model.onnx_data";

  private OnnxExport() {}

  /**
   * Writes {@code model.onnx} with its weights beside it, {@code model.onnx_data}.
   *
   * @param weights borrowed
   * @param folder made if missing; the two files are replaced
   * @return the file of the graph
   * @throws IOException if a file cannot be written
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if the weights do not fit
   */
  public static Path write(NetworkGraph network, ModelWeights weights, Path folder)
      throws IOException {
    var data = new WeightFile(weights, WEIGHTS);
    OnnxGraph graph = GraphEmitter.graph(network, weights, data);
    Files.createDirectories(folder);
    data.write(folder);
    Path file = folder.resolve(MODEL);
    graph.write(file);
    return file;
  }

  /**
   * Writes one file with the weights inside, for networks of a few megabytes.
   *
   * @param file replaced if it exists; its folder exists
   * @throws IOException if it cannot be written
   * @throws InferenceException {@code MODEL_FAILED}, naming the weights' file, if they do not fit
   */
  public static void writeWhole(NetworkGraph network, ModelWeights weights, Path file)
      throws IOException {
    GraphEmitter.graph(network, weights, new EmbeddedWeights(weights)).write(file);
  }
}
