package dev.synthorax.nn.diffusers;

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
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The networks of a pipeline in the diffusers layout, for one image size and precision: their
 * inputs and outputs are of its type, but for {@code timestep}, which is always FP32, and token
 * ids. The autoencoder is FP32 in a BF16 pipeline, whose 8 bits would show as steps between greys,
 * and where its configuration says {@code force_upcast}.
 */
public final class NetworkGraphs {
  private static final String SAMPLE = "sample";
  private static final String MIDDLE = "mid_block_residual";

  private final DiffusersFolder folder;
  private final int height;
  private final int width;
  private final Precision precision;
  private final CLIPTextConfig text;
  private final int textLength;
  private final UNet2DConditionConfig unet;
  private final AutoencoderConfig vae;
  private final @Nullable ControlNetConfig controlNet;

  /**
   * Reads the configurations.
   *
   * @param folder holds a text encoder, a U-Net, an autoencoder and perhaps a ControlNet
   * @param height of the image in pixels
   * @param width of the image in pixels
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if a configuration is
   *     missing, broken or does not fit the others; {@code SHAPE_MISMATCH} if the networks cannot
   *     make images of that size
   */
  public NetworkGraphs(DiffusersFolder folder, int height, int width, Precision precision) {
    this.folder = folder;
    this.height = height;
    this.width = width;
    this.precision = precision;
    this.text = folder.textEncoder();
    this.textLength = folder.textLength();
    this.unet = folder.unet();
    this.vae = folder.autoencoder();
    this.controlNet = folder.has(Component.CONTROLNET) ? folder.controlNet() : null;
    requireFit();
  }

  /** The configuration of the text encoder. */
  public CLIPTextConfig textConfig() {
    return text;
  }

  /** Tokens of a prompt, padding included. */
  public int textLength() {
    return textLength;
  }

  /** The configuration of the autoencoder. */
  public AutoencoderConfig autoencoderConfig() {
    return vae;
  }

  /** The configuration of the ControlNet, if there is one. */
  public @Nullable ControlNetConfig controlNetConfig() {
    return controlNet;
  }

  /** Precision of the autoencoder's graphs. */
  public Precision autoencoderPrecision() {
    return precision == Precision.FP16 && !vae.forceUpcast() ? Precision.FP16 : Precision.FP32;
  }

  /** All there are: text encoder, U-Net, ControlNet, decoder, encoder. */
  public List<PipelineGraph> all() {
    return Stream.of(textEncoder(), unet(), controlNet(), decoder(), encoder())
        .flatMap(Stream::ofNullable)
        .toList();
  }

  /** {@code input_ids} to {@code last_hidden_state}. */
  public PipelineGraph textEncoder() {
    var ids =
        new TensorSpec("input_ids", DataType.INT64, List.of(TensorSpec.DYNAMIC, (long) textLength));
    return new Graph("text_encoder", Component.TEXT_ENCODER, List.of(ids), "last_hidden_state") {
      @Override
      public <T> List<T> forward(Ops<T> ops, List<T> inputs) {
        return List.of(CLIPTextModel.forward(ops, text, inputs.getFirst()));
      }
    };
  }

  /**
   * {@code sample}, {@code timestep}, {@code encoder_hidden_states} and, where there is a
   * ControlNet, its {@link #residuals}, to {@code out_sample}.
   */
  public PipelineGraph unet() {
    var inputs = new ArrayList<>(denoiserInputs());
    if (controlNet != null) {
      inputs.addAll(residuals());
    }
    int shared = denoiserInputs().size();
    return new Graph("unet", Component.UNET, inputs, "out_sample") {
      @Override
      public <T> List<T> forward(Ops<T> ops, List<T> in) {
        ControlNetResiduals<T> residuals =
            in.size() == shared
                ? null
                : new ControlNetResiduals<>(in.subList(shared, in.size() - 1), in.getLast());
        return List.of(
            UNet2DConditionModel.forward(ops, unet, in.get(0), in.get(1), in.get(2), residuals));
      }
    };
  }

  /** The U-Net's first three inputs and {@code controlnet_cond} to {@link #residuals}, or null. */
  public @Nullable PipelineGraph controlNet() {
    ControlNetConfig config = controlNet;
    if (config == null) {
      return null;
    }
    var inputs = new ArrayList<>(denoiserInputs());
    inputs.add(
        rows("controlnet_cond", precision, config.conditioningChannels(), (long) height, width));
    String[] outputs = residuals().stream().map(TensorSpec::name).toArray(String[]::new);
    return new Graph("controlnet", Component.CONTROLNET, inputs, outputs) {
      @Override
      public <T> List<T> forward(Ops<T> ops, List<T> in) {
        ControlNetResiduals<T> residuals =
            ControlNetModel.forward(ops, config, in.get(0), in.get(1), in.get(2), in.get(3));
        var all = new ArrayList<T>(residuals.down());
        all.add(residuals.middle());
        return all;
      }
    };
  }

  /** {@code latent_sample}, as the denoiser leaves it, to {@code sample}, about -1..1. */
  public PipelineGraph decoder() {
    return new Graph(
        "vae_decoder",
        Component.VAE,
        List.of(latents("latent_sample", autoencoderPrecision())),
        SAMPLE) {
      @Override
      public <T> List<T> forward(Ops<T> ops, List<T> inputs) {
        T latents = ops.scale(inputs.getFirst(), 1 / vae.scalingFactor());
        return List.of(AutoencoderKL.decode(ops, vae, latents));
      }
    };
  }

  /**
   * {@code sample} in -1..1 to {@code latent_parameters}: mean and logarithm of the variance, not
   * scaled.
   */
  public PipelineGraph encoder() {
    TensorSpec image = rows(SAMPLE, autoencoderPrecision(), vae.inChannels(), (long) height, width);
    return new Graph("vae_encoder", Component.VAE, List.of(image), "latent_parameters") {
      @Override
      public <T> List<T> forward(Ops<T> ops, List<T> inputs) {
        return List.of(AutoencoderKL.encode(ops, vae, inputs.getFirst()));
      }
    };
  }

  /**
   * What the way down of the trunk leaves, in its order, and what its middle leaves; empty without
   * a ControlNet. See {@code TrunkConfig.residualCount}.
   */
  public List<TensorSpec> residuals() {
    if (controlNet == null) {
      return List.of();
    }
    int factor = vae.spatialFactor();
    long high = height / factor;
    long wide = width / factor;
    List<Integer> channels = unet.trunk().blockOutChannels();
    List<TensorSpec> specs = new ArrayList<>();
    specs.add(rows(downName(0), precision, channels.getFirst(), high, wide));
    for (int level = 0; level < channels.size(); level++) {
      for (int i = 0; i < unet.trunk().layersPerBlock().get(level); i++) {
        specs.add(rows(downName(specs.size()), precision, channels.get(level), high, wide));
      }
      if (level < channels.size() - 1) {
        high /= 2;
        wide /= 2;
        specs.add(rows(downName(specs.size()), precision, channels.get(level), high, wide));
      }
    }
    specs.add(rows(MIDDLE, precision, channels.getLast(), high, wide));
    return specs;
  }

  private static String downName(int index) {
    return "down_block_residual_" + index;
  }

  private List<TensorSpec> denoiserInputs() {
    return List.of(
        latents(SAMPLE, precision),
        new TensorSpec("timestep", DataType.FP32, List.of(TensorSpec.DYNAMIC)),
        new TensorSpec(
            "encoder_hidden_states",
            precision.dataType(),
            List.of(TensorSpec.DYNAMIC, (long) textLength, (long) text.hiddenSize())));
  }

  private TensorSpec latents(String name, Precision type) {
    int factor = vae.spatialFactor();
    return rows(name, type, vae.latentChannels(), (long) height / factor, (long) width / factor);
  }

  private static TensorSpec rows(String name, Precision type, long channels, long high, long wide) {
    return new TensorSpec(name, type.dataType(), List.of(TensorSpec.DYNAMIC, channels, high, wide));
  }

  /** What all have in common. */
  private abstract class Graph implements PipelineGraph {
    private final String name;
    private final Component component;
    private final List<TensorSpec> inputs;
    private final List<String> outputs;

    Graph(String name, Component component, List<TensorSpec> inputs, String... outputs) {
      this.name = name;
      this.component = component;
      this.inputs = List.copyOf(inputs);
      this.outputs = List.of(outputs);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Component component() {
      return component;
    }

    @Override
    public Precision precision() {
      return component == Component.VAE ? autoencoderPrecision() : precision;
    }

    @Override
    public List<TensorSpec> inputs() {
      return inputs;
    }

    @Override
    public List<String> outputs() {
      return outputs;
    }
  }

  private void requireFit() {
    int step = vae.spatialFactor() << (unet.trunk().levels() - 1);
    if (height < step || width < step || height % step != 0 || width % step != 0) {
      throw new InferenceException(
          ErrorReason.SHAPE_MISMATCH,
          "size: %dx%d (expected: sides that are multiples of %d)".formatted(height, width, step));
    }
    TrunkConfig trunk = unet.trunk();
    Component denoiser = Component.UNET;
    requireSame(denoiser, "cross_attention_dim", trunk.crossAttentionDim(), text.hiddenSize());
    requireSame(denoiser, "in_channels", trunk.inChannels(), vae.latentChannels());
    requireSame(denoiser, "out_channels", unet.outChannels(), vae.latentChannels());
    if (controlNet != null) {
      requireControlFits(controlNet, trunk);
    }
  }

  private void requireControlFits(ControlNetConfig config, TrunkConfig trunk) {
    TrunkConfig own = config.trunk();
    Component control = Component.CONTROLNET;
    requireSame(control, "in_channels", own.inChannels(), trunk.inChannels());
    requireSame(control, "cross_attention_dim", own.crossAttentionDim(), text.hiddenSize());
    requireSame(control, "block_out_channels", own.blockOutChannels(), trunk.blockOutChannels());
    requireSame(control, "layers_per_block", own.layersPerBlock(), trunk.layersPerBlock());
    requireSame(
        control,
        "conditioning_embedding_out_channels' factor",
        config.conditioningFactor(),
        vae.spatialFactor());
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
