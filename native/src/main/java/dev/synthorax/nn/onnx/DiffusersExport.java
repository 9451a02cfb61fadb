package dev.synthorax.nn.onnx;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Precision;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.CLIPTextModel;
import dev.synthorax.nn.ControlNetConfig;
import dev.synthorax.nn.ControlNetModel;
import dev.synthorax.nn.ControlNetResiduals;
import dev.synthorax.nn.Ops;
import dev.synthorax.nn.TrunkConfig;
import dev.synthorax.nn.UNet2DConditionConfig;
import dev.synthorax.nn.UNet2DConditionModel;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.weights.ModelWeights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns a pipeline in the diffusers layout into graphs that a backend loads. The graphs and their
 * weights go to a cache below a name that hashes everything they depend on; what is there already
 * is used if it is still what was written.
 */
public final class DiffusersExport {

  private static final String VAE_DECODER = "vae_decoder";

  private final DiffusersFolder folder;
  private final Precision precision;
  private final int height;
  private final int width;
  private final CLIPTextConfig text;
  private final int textLength;
  private final UNet2DConditionConfig unet;
  private final AutoencoderConfig vae;
  private final @Nullable ControlNetConfig controlNet;

  private DiffusersExport(DiffusersFolder folder, int height, int width, Precision precision) {
    this.folder = folder;
    this.precision = precision;
    this.height = height;
    this.width = width;
    this.text = folder.textEncoder();
    this.textLength = folder.textLength();
    this.unet = folder.unet();
    this.vae = folder.autoencoder();
    this.controlNet = folder.has(Component.CONTROLNET) ? folder.controlNet() : null;
    requireFit();
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

  /**
   * The same in some precision: weights, inputs and outputs are of its type, but for {@code
   * timestep}, which is always FP32, and token ids. The decoder is FP32 in a BF16 pipeline, whose 8
   * bits would show as steps between greys, and where its configuration says {@code force_upcast}.
   */
  public static ExportedPipeline export(
      DiffusersFolder folder, int height, int width, Path cacheFolder, Precision precision) {
    return new DiffusersExport(folder, height, width, precision).export(cacheFolder);
  }

  private ExportedPipeline export(Path cacheFolder) {
    String hash = folder.networksHash();
    boolean shorter = textLength < text.maxPositions(); // the graphs depend on it
    String name = shorter ? hash + "-" + textLength + "-tokens" : hash;
    GraphCache cache = GraphCache.of(cacheFolder, name, precision);
    GraphCache decoderCache = GraphCache.of(cacheFolder, name, decoderPrecision());
    String size = "-" + height + "x" + width;
    ControlNetConfig control = controlNet;
    String textName = Component.TEXT_ENCODER.folder();
    return new ExportedPipeline(
        hash,
        precision,
        decoderPrecision(),
        height,
        width,
        graph(cache, Component.TEXT_ENCODER, textName, textName, this::textEncoder),
        graph(cache, Component.UNET, size, this::unet),
        control == null
            ? null
            : graph(
                cache, Component.CONTROLNET, size, (graph, ops) -> control(graph, ops, control)),
        graph(decoderCache, Component.VAE, VAE_DECODER, VAE_DECODER + size, this::vaeDecoder),
        vae.latentChannels(),
        vae.spatialFactor(),
        vae.scalingFactor(),
        textLength,
        text.vocabSize(),
        text.hiddenSize(),
        vae.outChannels(),
        control == null ? 0 : control.conditioningChannels(),
        control == null ? List.of() : residuals());
  }

  private Precision decoderPrecision() {
    return precision == Precision.FP16 && !vae.forceUpcast() ? Precision.FP16 : Precision.FP32;
  }

  private Path graph(
      GraphCache cache, Component component, String size, GraphCache.Network network) {
    return graph(cache, component, component.folder(), component.folder() + size, network);
  }

  private Path graph(
      GraphCache cache,
      Component component,
      String weightsName,
      String graphName,
      GraphCache.Network network) {
    try (ModelWeights weights = folder.openWeights(component)) {
      return cache.graph(weightsName, graphName, weights, network);
    }
  }

  private void textEncoder(OnnxGraph graph, OnnxOps ops) {
    GraphValue ids = graph.input("input_ids", DataType.INT64, Ops.DYNAMIC, textLength);
    graph.output("last_hidden_state", CLIPTextModel.forward(ops, text, ids));
  }

  private void unet(OnnxGraph graph, OnnxOps ops) {
    GraphValue sample = latents(graph, "sample", precision);
    GraphValue timestep = graph.input("timestep", DataType.FP32, Ops.DYNAMIC);
    GraphValue states = states(graph);
    ControlNetResiduals<GraphValue> residuals = null;
    if (controlNet != null) {
      List<GraphValue> values = new ArrayList<>();
      for (TensorSpec spec : residuals()) {
        long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
        values.add(graph.input(spec.name(), spec.dataType(), shape));
      }
      GraphValue middle = values.removeLast();
      residuals = new ControlNetResiduals<>(values, middle);
    }
    graph.output(
        "out_sample", UNet2DConditionModel.forward(ops, unet, sample, timestep, states, residuals));
  }

  private void control(OnnxGraph graph, OnnxOps ops, ControlNetConfig config) {
    GraphValue sample = latents(graph, "sample", precision);
    GraphValue timestep = graph.input("timestep", DataType.FP32, Ops.DYNAMIC);
    GraphValue states = states(graph);
    GraphValue condition =
        graph.input(
            "controlnet_cond",
            precision.dataType(),
            Ops.DYNAMIC,
            config.conditioningChannels(),
            height,
            width);
    ControlNetResiduals<GraphValue> residuals =
        ControlNetModel.forward(ops, config, sample, timestep, states, condition);
    for (int i = 0; i < residuals.down().size(); i++) {
      graph.output(downName(i), residuals.down().get(i));
    }
    graph.output(MIDDLE_NAME, residuals.middle());
  }

  private void vaeDecoder(OnnxGraph graph, OnnxOps ops) {
    GraphValue sample = latents(graph, "latent_sample", decoderPrecision());
    GraphValue latents = ops.scale(sample, 1 / vae.scalingFactor());
    graph.output("sample", AutoencoderKL.decode(ops, vae, latents));
  }

  private GraphValue latents(OnnxGraph graph, String name, Precision type) {
    int factor = vae.spatialFactor();
    return graph.input(
        name, type.dataType(), Ops.DYNAMIC, vae.latentChannels(), height / factor, width / factor);
  }

  private GraphValue states(OnnxGraph graph) {
    return graph.input(
        "encoder_hidden_states", precision.dataType(), Ops.DYNAMIC, textLength, text.hiddenSize());
  }

  private static final String MIDDLE_NAME = "mid_block_residual";

  private static String downName(int index) {
    return "down_block_residual_" + index;
  }

  /** What the way down of the trunk leaves, in its order; see {@code TrunkConfig.residualCount}. */
  private List<TensorSpec> residuals() {
    int factor = vae.spatialFactor();
    long high = height / factor;
    long wide = width / factor;
    List<Integer> channels = unet.trunk().blockOutChannels();
    List<TensorSpec> specs = new ArrayList<>();
    specs.add(residual(downName(0), channels.getFirst(), high, wide));
    for (int level = 0; level < channels.size(); level++) {
      for (int i = 0; i < unet.trunk().layersPerBlock().get(level); i++) {
        specs.add(residual(downName(specs.size()), channels.get(level), high, wide));
      }
      if (level < channels.size() - 1) {
        high /= 2;
        wide /= 2;
        specs.add(residual(downName(specs.size()), channels.get(level), high, wide));
      }
    }
    specs.add(residual(MIDDLE_NAME, channels.getLast(), high, wide));
    return specs;
  }

  private TensorSpec residual(String name, long channels, long high, long wide) {
    return new TensorSpec(
        name, precision.dataType(), List.of(TensorSpec.DYNAMIC, channels, high, wide));
  }

  private void requireFit() {
    int step = vae.spatialFactor() << (unet.trunk().levels() - 1);
    if (height < step || width < step || height % step != 0 || width % step != 0) {
      throw new InferenceException(
          ErrorReason.SHAPE_MISMATCH,
          "size: %dx%d (expected: sides that are multiples of %d)".formatted(height, width, step));
    }
    TrunkConfig trunk = unet.trunk();
    requireSame(
        Component.UNET, "cross_attention_dim", trunk.crossAttentionDim(), text.hiddenSize());
    requireSame(Component.UNET, "in_channels", trunk.inChannels(), vae.latentChannels());
    requireSame(Component.UNET, "out_channels", unet.outChannels(), vae.latentChannels());
    if (controlNet != null) {
      TrunkConfig controlled = controlNet.trunk();
      requireSame(Component.CONTROLNET, "in_channels", controlled.inChannels(), trunk.inChannels());
      requireSame(
          Component.CONTROLNET,
          "cross_attention_dim",
          controlled.crossAttentionDim(),
          text.hiddenSize());
      requireSame(
          Component.CONTROLNET,
          "block_out_channels",
          controlled.blockOutChannels(),
          trunk.blockOutChannels());
      requireSame(
          Component.CONTROLNET,
          "layers_per_block",
          controlled.layersPerBlock(),
          trunk.layersPerBlock());
      requireSame(
          Component.CONTROLNET,
          "conditioning_embedding_out_channels' factor",
          controlNet.conditioningFactor(),
          vae.spatialFactor());
    }
  }

  private void requireSame(Component component, String name, Object value, Object expected) {
    if (!value.equals(expected)) {
      throw folder
          .config(component)
          .failed(
              "%s is %s (expected: %s, to fit the other networks)".formatted(name, value, expected),
              null);
    }
  }
}
