package dev.synthorax.nn.onnx;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Precision;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.ControlNetConfig;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.NetworkGraph;
import dev.synthorax.nn.diffusers.NetworkGraphs;
import dev.synthorax.nn.weights.ModelWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns a pipeline in the diffusers layout into graphs that a backend loads. For a server, graphs
 * and their weights go to a cache below a name that hashes everything they depend on; what is there
 * already is used if it is still what was written.
 */
public final class DiffusersExport {

  private static final String MODEL = "model.onnx";
  private static final String MODEL_WEIGHTS = "model.onnx_data";

  private final DiffusersFolder folder;
  private final NetworkGraphs graphs;
  private final int height;
  private final int width;
  private final Precision precision;

  private DiffusersExport(DiffusersFolder folder, int height, int width, Precision precision) {
    this.folder = folder;
    this.graphs = new NetworkGraphs(folder, height, width, precision);
    this.height = height;
    this.width = width;
    this.precision = precision;
  }

  /**
   * Exports a pipeline for one image size.
   *
   * @param folder holds a text encoder, a U-Net, an autoencoder and perhaps a ControlNet; weights
   *     of any float type
   * @param height of the image in pixels
   * @param width of the image in pixels
   * @param cacheFolder made if missing; several processes may share it
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if a configuration or weights
   *     are missing, broken or do not fit together, or if the cache cannot be written; {@code
   *     SHAPE_MISMATCH} if the networks cannot make images of that size
   */
  public static ExportedPipeline export(
      DiffusersFolder folder, int height, int width, Path cacheFolder) {
    return export(folder, height, width, cacheFolder, Precision.FP32);
  }

  /** The same in some precision; see {@link NetworkGraphs}. */
  public static ExportedPipeline export(
      DiffusersFolder folder, int height, int width, Path cacheFolder, Precision precision) {
    return new DiffusersExport(folder, height, width, precision).export(cacheFolder);
  }

  /**
   * Writes one network as {@code model.onnx} with its weights beside it, {@code model.onnx_data}.
   *
   * @param graph one of {@code graphs}, which are those of {@code folder}
   * @param target made if missing; the two files are replaced
   * @return the file of the graph
   * @throws IOException if a file cannot be written
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if the weights are missing,
   *     broken or do not fit
   */
  public static Path write(
      DiffusersFolder folder, NetworkGraphs graphs, NetworkGraph graph, Path target)
      throws IOException {
    Files.createDirectories(target);
    var model = new OnnxGraph(graph.name());
    try (ModelWeights weights = folder.openWeights(graph.component())) {
      var file = new WeightFile(weights, MODEL_WEIGHTS);
      try {
        emit(graph, model, new OnnxOps(model, file, graphs.precision(graph)));
      } catch (IllegalArgumentException e) {
        throw weights.file().failed(String.valueOf(e.getMessage()), e);
      }
      file.write(target);
    }
    Path written = target.resolve(MODEL);
    model.write(written);
    return written;
  }

  private ExportedPipeline export(Path cacheFolder) {
    CLIPTextConfig text = graphs.textConfig();
    AutoencoderConfig vae = graphs.autoencoderConfig();
    ControlNetConfig control = graphs.controlNetConfig();
    NetworkGraph controlGraph = graphs.controlNet();
    String hash = folder.networksHash();
    boolean shorter = graphs.textLength() < text.maxPositions(); // the graphs depend on it
    String name = shorter ? hash + "-" + graphs.textLength() + "-tokens" : hash;
    GraphCache cache = GraphCache.of(cacheFolder, name, precision);
    GraphCache decoderCache = GraphCache.of(cacheFolder, name, graphs.autoencoderPrecision());
    String size = "-" + height + "x" + width;
    return new ExportedPipeline(
        hash,
        precision,
        graphs.autoencoderPrecision(),
        height,
        width,
        cached(cache, graphs.textEncoder(), ""),
        cached(cache, graphs.unet(), size),
        controlGraph == null ? null : cached(cache, controlGraph, size),
        cached(decoderCache, graphs.decoder(), size),
        vae.latentChannels(),
        vae.spatialFactor(),
        vae.scalingFactor(),
        graphs.textLength(),
        text.vocabSize(),
        text.hiddenSize(),
        vae.outChannels(),
        control == null ? 0 : control.conditioningChannels(),
        graphs.residuals());
  }

  private Path cached(GraphCache cache, NetworkGraph graph, String size) {
    try (ModelWeights weights = folder.openWeights(graph.component())) {
      return cache.graph(
          graph.name(), graph.name() + size, weights, (model, ops) -> emit(graph, model, ops));
    }
  }

  private static void emit(NetworkGraph graph, OnnxGraph model, OnnxOps ops) {
    List<GraphValue> inputs = new ArrayList<>();
    for (TensorSpec spec : graph.inputs()) {
      long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
      inputs.add(model.input(spec.name(), spec.dataType(), shape));
    }
    List<GraphValue> outputs = graph.forward(ops, inputs);
    for (int i = 0; i < outputs.size(); i++) {
      model.output(graph.outputs().get(i), outputs.get(i));
    }
  }
}
