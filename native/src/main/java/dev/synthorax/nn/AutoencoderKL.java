package dev.synthorax.nn;

import java.util.List;

/**
 * The autoencoder of latent diffusion: images to a Gaussian over latents, and latents to images.
 *
 * @see <a href="https://arxiv.org/abs/2112.10752">Rombach et al. 2022</a>
 */
public final class AutoencoderKL {

  private static final double NORM_EPSILON = 1e-6;

  private AutoencoderKL() {}

  /** Every parameter of encoder and decoder, in the order of use. */
  public static List<ParameterSpec> parameters(AutoencoderConfig config) {
    ShapeOps shapes = new ShapeOps();
    long side = config.spatialFactor();
    encode(shapes, config, new long[] {1, config.inChannels(), side, side});
    decode(shapes, config, new long[] {1, config.latentChannels(), 1, 1});
    return shapes.parameters();
  }

  /**
   * The Gaussian over latents that an image stands for, not scaled by {@code scaling_factor}.
   *
   * @param image {@code [batch, inChannels, height, width]} in -1..1; sides divide by {@link
   *     AutoencoderConfig#spatialFactor}
   * @return {@code [batch, 2 * latentChannels, height / factor, width / factor]}: first the mean,
   *     then the logarithm of the variance, which callers clamp to -30..20
   * @throws IllegalArgumentException if a shape does not fit the configuration
   */
  public static <T> T encode(Ops<T> ops, AutoencoderConfig config, T image) {
    requireImage(ops, config, image);
    Ops<T> encoder = ops.in("encoder");
    ResnetBlock resnet = resnet(config);
    int levels = config.blockOutChannels().size();
    T hidden = Layers.conv3x3(encoder.in("conv_in"), image, config.blockOutChannels().getFirst());
    for (int level = 0; level < levels; level++) {
      Ops<T> block = encoder.in("down_blocks." + level);
      int channels = config.blockOutChannels().get(level);
      for (int i = 0; i < config.layersPerBlock(); i++) {
        hidden = resnet.forward(block.in("resnets." + i), hidden, null, channels);
      }
      if (level < levels - 1) {
        Ops<T> downsampler = block.in("downsamplers.0.conv");
        hidden = Layers.conv2d(downsampler, hidden, channels, 3, 2, Padding.BOTTOM_RIGHT);
      }
      block.observe("output", hidden);
    }
    hidden = middle(encoder.in("mid_block"), config, hidden);
    hidden = head(encoder, config, hidden, 2 * config.latentChannels());
    if (config.quantConv()) {
      hidden = pointwise(ops.in("quant_conv"), hidden, 2 * config.latentChannels());
    }
    return hidden;
  }

  /**
   * The image that latents stand for.
   *
   * @param latents {@code [batch, latentChannels, height, width]}, already divided by {@code
   *     scaling_factor}
   * @return {@code [batch, outChannels, height * factor, width * factor]}, about -1..1, not clamped
   * @throws IllegalArgumentException if a shape does not fit the configuration
   */
  public static <T> T decode(Ops<T> ops, AutoencoderConfig config, T latents) {
    if (ops.dim(latents, 1) != config.latentChannels()) {
      throw new IllegalArgumentException(
          "latents: %d channels (expected: latent_channels %d)"
              .formatted(ops.dim(latents, 1), config.latentChannels()));
    }
    Ops<T> decoder = ops.in("decoder");
    ResnetBlock resnet = resnet(config);
    int levels = config.blockOutChannels().size();
    T hidden = latents;
    if (config.postQuantConv()) {
      hidden = pointwise(ops.in("post_quant_conv"), hidden, config.latentChannels());
    }
    hidden = Layers.conv3x3(decoder.in("conv_in"), hidden, config.blockOutChannels().getLast());
    hidden = middle(decoder.in("mid_block"), config, hidden);
    for (int i = 0; i < levels; i++) {
      Ops<T> block = decoder.in("up_blocks." + i);
      int channels = config.blockOutChannels().get(levels - 1 - i);
      for (int j = 0; j <= config.layersPerBlock(); j++) {
        hidden = resnet.forward(block.in("resnets." + j), hidden, null, channels);
      }
      if (i < levels - 1) {
        hidden = ops.upsampleNearest2x(hidden);
        hidden = Layers.conv3x3(block.in("upsamplers.0.conv"), hidden, channels);
      }
      block.observe("output", hidden);
    }
    return head(decoder, config, hidden, config.outChannels());
  }

  private static <T> T middle(Ops<T> ops, AutoencoderConfig config, T x) {
    ResnetBlock resnet = resnet(config);
    int channels = config.blockOutChannels().getLast();
    T hidden = resnet.forward(ops.in("resnets.0"), x, null, channels);
    if (config.midBlockAttention()) {
      hidden = attention(ops.in("attentions.0"), config, hidden);
    }
    hidden = resnet.forward(ops.in("resnets.1"), hidden, null, channels);
    return ops.observe("output", hidden);
  }

  /** Self-attention of pixels with one head, as a residual. */
  private static <T> T attention(Ops<T> ops, AutoencoderConfig config, T x) {
    T hidden = Layers.groupNorm(ops.in("group_norm"), x, config.normGroups(), NORM_EPSILON);
    hidden = SpatialTransformer.toSequence(ops, hidden);
    hidden = Attention.forward(ops, hidden, hidden, 1, true);
    return ops.add(x, SpatialTransformer.toImage(ops, hidden, ops.dim(x, 2), ops.dim(x, 3)));
  }

  private static <T> T head(Ops<T> ops, AutoencoderConfig config, T x, int channels) {
    T hidden = Layers.groupNorm(ops.in("conv_norm_out"), x, config.normGroups(), NORM_EPSILON);
    return Layers.conv3x3(
        ops.in("conv_out"), ops.activation(config.activation(), hidden), channels);
  }

  private static <T> T pointwise(Ops<T> ops, T x, int channels) {
    return Layers.conv2d(ops, x, channels, 1, 1, Padding.NONE);
  }

  private static ResnetBlock resnet(AutoencoderConfig config) {
    return new ResnetBlock(config.normGroups(), NORM_EPSILON, config.activation());
  }

  private static <T> void requireImage(Ops<T> ops, AutoencoderConfig config, T image) {
    int factor = config.spatialFactor();
    if (ops.dim(image, 1) != config.inChannels()
        || ops.dim(image, 2) % factor != 0
        || ops.dim(image, 3) % factor != 0) {
      throw new IllegalArgumentException(
          "image: %dx%dx%d (expected: %d channels, sides that divide by %d)"
              .formatted(
                  ops.dim(image, 1),
                  ops.dim(image, 2),
                  ops.dim(image, 3),
                  config.inChannels(),
                  factor));
    }
  }
}
