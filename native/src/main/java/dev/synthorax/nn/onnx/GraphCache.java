package dev.synthorax.nn.onnx;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Precision;
import dev.synthorax.nn.weights.ModelWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A folder of graphs made from the same weights. A graph's presence says that its weights are there
 * too: they are written first.
 *
 * @param folder named by the hash of what the graphs are made from, and their precision where it is
 *     not FP32
 * @param precision of every graph in it
 */
record GraphCache(Path folder, Precision precision) {

  /** Part of the folder's name: moves whenever the exporter writes other graphs than before. */
  private static final int EXPORTER_VERSION = 1;

  static GraphCache of(Path cacheFolder, String contentHash, Precision precision) {
    String suffix = precision == Precision.FP32 ? "" : "-" + lowerCase(precision);
    return new GraphCache(
        cacheFolder.resolve(contentHash + "-" + EXPORTER_VERSION + suffix), precision);
  }

  private static String lowerCase(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  /** Emits a graph. */
  interface Network {
    void emit(OnnxGraph graph, OnnxOps ops);
  }

  /**
   * The file of a graph, written now if it is not there.
   *
   * @param weightsName names the weight file, which graphs of several image sizes share
   * @param graphName names the graph's file
   * @throws InferenceException {@code MODEL_FAILED} if the weights do not fit the network or the
   *     cache cannot be written
   */
  Path graph(String weightsName, String graphName, ModelWeights weights, Network network) {
    Path file = folder.resolve(graphName + ".onnx");
    if (Files.exists(file)) {
      return file;
    }
    OnnxGraph graph = new OnnxGraph(graphName);
    WeightFile weightFile = new WeightFile(weights, weightsName + "." + lowerCase(precision));
    try {
      network.emit(graph, new OnnxOps(graph, weightFile, precision));
    } catch (IllegalArgumentException e) {
      throw PipelineFolder.failed(weights.path() + ": " + PipelineFolder.firstLine(e), e);
    }
    try {
      if (!Files.exists(folder.resolve(weightFile.fileName()))) {
        weightFile.write(folder);
      }
      graph.write(file);
    } catch (IOException e) {
      throw PipelineFolder.failed(file + ": cannot be written: " + PipelineFolder.firstLine(e), e);
    }
    return file;
  }
}
