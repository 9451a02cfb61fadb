package dev.synthorax.nn;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.weights.ModelFile;
import java.nio.file.Path;
import java.util.List;

/**
 * Configuration of {@link AutoencoderKL}, as in diffusers' {@code vae/config.json}.
 *
 * @param inChannels channels of the image that is encoded
 * @param outChannels channels of the image that is decoded
 * @param blockOutChannels channels of each level, outermost first
 * @param layersPerBlock residual blocks of each level of the encoder; the decoder has one more
 * @param latentChannels channels of the latents
 * @param normGroups groups of every group normalisation
 * @param activation {@code act_fn}
 * @param scalingFactor latents are multiplied by it after encoding, divided before decoding
 * @param quantConv whether a 1x1 convolution follows the encoder
 * @param postQuantConv whether a 1x1 convolution precedes the decoder
 * @param midBlockAttention whether the middle blocks attend
 * @param forceUpcast whether the file says that its decoder passes what FP16 holds. Only a file
 *     that says so: diffusers' default is true, of models too whose decoder it runs in FP16
 */
public record AutoencoderConfig(
    int inChannels,
    int outChannels,
    List<Integer> blockOutChannels,
    int layersPerBlock,
    int latentChannels,
    int normGroups,
    Activation activation,
    double scalingFactor,
    boolean quantConv,
    boolean postQuantConv,
    boolean midBlockAttention,
    boolean forceUpcast) {

  /** Copies the list; checks the channels and the scaling factor. */
  public AutoencoderConfig {
    blockOutChannels = List.copyOf(blockOutChannels);
    if (blockOutChannels.isEmpty() || !(scalingFactor > 0)) {
      throw new IllegalArgumentException(
          "block_out_channels %s, scaling_factor %s (expected: at least one, positive)"
              .formatted(blockOutChannels, scalingFactor));
    }
    TrunkConfig.requireChannels(blockOutChannels, normGroups);
  }

  /** How many times larger an image's sides are than its latents': 8 for SD 1.x. */
  public int spatialFactor() {
    return 1 << (blockOutChannels.size() - 1);
  }

  /**
   * Reads {@code vae/config.json}. Missing fields take diffusers' defaults, unknown ones are
   * ignored.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file and the field, if it cannot be
   *     read, a value is wrong or asks for an unsupported feature
   */
  public static AutoencoderConfig read(ModelFile file) {
    return of(ConfigFields.read(file));
  }

  /** The same of a file that errors call by its path. */
  public static AutoencoderConfig read(Path file) {
    return read(ModelFile.of(file));
  }

  /**
   * The same from text.
   *
   * @param json the content of a {@code config.json}
   * @throws InferenceException {@code MODEL_FAILED}, naming the field, if a value is wrong or asks
   *     for an unsupported feature
   */
  public static AutoencoderConfig parse(String json) {
    return of(ConfigFields.parse("vae config", json));
  }

  private static AutoencoderConfig of(ConfigFields fields) {
    fields.requireClass("AutoencoderKL");
    fields.requireNone("shift_factor");
    fields.requireNone("latents_mean");
    fields.requireNone("latents_std");
    List<Integer> channels = fields.integers("block_out_channels", List.of(64));
    requireBlocks(fields, "down_block_types", "DownEncoderBlock2D", channels.size());
    requireBlocks(fields, "up_block_types", "UpDecoderBlock2D", channels.size());
    return fields.build(
        () ->
            new AutoencoderConfig(
                fields.integer("in_channels", 3),
                fields.integer("out_channels", 3),
                channels,
                fields.integer("layers_per_block", 1),
                fields.integer("latent_channels", 4),
                fields.integer("norm_num_groups", 32),
                fields.activation("act_fn", "silu"),
                fields.number("scaling_factor", 0.18215),
                fields.flag("use_quant_conv", true),
                fields.flag("use_post_quant_conv", true),
                fields.flag("mid_block_add_attention", true),
                fields.flag("force_upcast", false)));
  }

  private static void requireBlocks(ConfigFields fields, String name, String type, int count) {
    List<String> types = fields.texts(name, List.of(type));
    if (types.size() != count || !types.stream().allMatch(type::equals)) {
      throw fields.bad(name, types, type + " for each of " + count + " block_out_channels");
    }
  }
}
