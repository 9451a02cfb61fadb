package dev.synthorax.nn.onnx;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Precision;
import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.ControlNetConfig;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.NetworkGraphs;
import dev.synthorax.nn.diffusers.PipelineGraph;
import dev.synthorax.nn.weights.ModelWeights;
import java.nio.file.Path;

/**
 * Turns a pipeline in the diffusers layout into graphs that a backend loads. The graphs and their
 * weights go to a cache below a name that hashes everything they depend on; what is there already
 * is used if it is still what was written.
 */
public final class DiffusersExport {

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

  private ExportedPipeline export(Path cacheFolder) {
    CLIPTextConfig text = graphs.textConfig();
    AutoencoderConfig vae = graphs.autoencoderConfig();
    ControlNetConfig control = graphs.controlNetConfig();
    PipelineGraph controlGraph = graphs.controlNet();
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
        hasEncoder() ? cached(decoderCache, graphs.encoder(), size) : null,
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

  /** Some folders bring the half of the autoencoder alone that makes images. */
  private boolean hasEncoder() {
    try (ModelWeights weights = folder.openWeights(DiffusersFolder.Component.VAE)) {
      return weights.has("encoder.conv_in.weight");
    }
  }

  private Path cached(GraphCache cache, PipelineGraph graph, String size) {
    try (ModelWeights weights = folder.openWeights(graph.component())) {
      return cache.graph(
          graph.name(),
          graph.name() + size,
          weights,
          (model, ops) -> GraphEmitter.emit(graph, model, ops));
    }
  }
}
