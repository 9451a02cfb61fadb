package dev.synthorax.nn;

import java.util.List;

/**
 * What {@code UNet2DConditionModel} and {@code ControlNetModel} have in common: the way down and
 * the middle.
 *
 * @param inChannels channels of the latents
 * @param blockOutChannels channels of each level, outermost first
 * @param crossAttention whether each level attends to the text, from {@code down_block_types}
 * @param layersPerBlock residual blocks of each level on the way down
 * @param transformerLayers transformer blocks of each attention, one number a level
 * @param heads attention heads of each level; SD 1.x calls them {@code attention_head_dim}
 * @param crossAttentionDim features of the text
 * @param linearProjection {@code use_linear_projection}
 * @param normGroups groups of every group normalisation
 * @param normEpsilon epsilon of the group normalisations of residual blocks and the last one
 * @param activation {@code act_fn}
 * @param flipSinToCos whether the timestep's cosines come first
 * @param freqShift {@code freq_shift}
 */
public record TrunkConfig(
    int inChannels,
    List<Integer> blockOutChannels,
    List<Boolean> crossAttention,
    List<Integer> layersPerBlock,
    List<Integer> transformerLayers,
    List<Integer> heads,
    int crossAttentionDim,
    boolean linearProjection,
    int normGroups,
    double normEpsilon,
    Activation activation,
    boolean flipSinToCos,
    double freqShift) {

  private static final int MAX_CHANNELS = 65_536; // 1,280 in Stable Diffusion
  private static final int MAX_LEVELS = 16; // 4 in Stable Diffusion
  private static final int MAX_LAYERS = 128; // 2, and up to 10 transformer blocks in SDXL

  /** Copies the lists and checks that they speak of the same number of levels. */
  public TrunkConfig {
    blockOutChannels = List.copyOf(blockOutChannels);
    crossAttention = List.copyOf(crossAttention);
    layersPerBlock = List.copyOf(layersPerBlock);
    transformerLayers = List.copyOf(transformerLayers);
    heads = List.copyOf(heads);
    int levels = blockOutChannels.size();
    if (levels == 0
        || crossAttention.size() != levels
        || layersPerBlock.size() != levels
        || transformerLayers.size() != levels
        || heads.size() != levels) {
      throw new IllegalArgumentException(
          "levels: %d block_out_channels, %d block types (expected: as many of each)"
              .formatted(levels, crossAttention.size()));
    }
    requireChannels(blockOutChannels, normGroups);
    requireLayers("layers_per_block", layersPerBlock);
    requireLayers("transformer_layers_per_block", transformerLayers);
  }

  private static void requireLayers(String name, List<Integer> layers) {
    if (layers.stream().anyMatch(count -> count > MAX_LAYERS)) {
      throw new IllegalArgumentException(
          "%s: %s (expected: at most %d)".formatted(name, layers, MAX_LAYERS));
    }
  }

  /** Checks how many levels a list of channels has: sides double or halve at each. */
  static void requireLevels(String name, List<Integer> channels) {
    if (channels.size() > MAX_LEVELS) {
      throw new IllegalArgumentException(
          "%s: %d levels (expected: at most %d)".formatted(name, channels.size(), MAX_LEVELS));
    }
  }

  /** Checks {@code block_out_channels}, of which tables are made before weights are read. */
  static void requireChannels(List<Integer> blockOutChannels, int normGroups) {
    requireLevels("block_out_channels", blockOutChannels);
    for (int channels : blockOutChannels) {
      if (channels % normGroups != 0 || channels > MAX_CHANNELS) {
        throw new IllegalArgumentException(
            "block_out_channels: %s (expected: multiples of norm_num_groups %d, at most %d)"
                .formatted(blockOutChannels, normGroups, MAX_CHANNELS));
      }
    }
  }

  /** Number of levels; height and width of the latents must divide by {@code 2^(levels - 1)}. */
  public int levels() {
    return blockOutChannels.size();
  }

  /** Number of residuals that the way down leaves for the way up: 12 for SD 1.x. */
  public int residualCount() {
    int resnets = layersPerBlock.stream().mapToInt(Integer::intValue).sum();
    return 1 + resnets + levels() - 1;
  }

  static TrunkConfig read(ConfigFields fields) {
    List<Integer> channels = fields.integers("block_out_channels", List.of(320, 640, 1280, 1280));
    int levels = channels.size();
    List<Boolean> attends =
        blockTypes(
            fields,
            "down_block_types",
            "CrossAttnDownBlock2D",
            "DownBlock2D",
            List.of(
                "CrossAttnDownBlock2D",
                "CrossAttnDownBlock2D",
                "CrossAttnDownBlock2D",
                "DownBlock2D"));
    requireSupported(fields);
    fields.requireNotNull("mid_block_type", "UNetMidBlock2DCrossAttn");
    fields.requireNotNull("norm_num_groups", "a number of groups");
    List<Integer> crossDims = fields.perBlock("cross_attention_dim", 1280, levels);
    if (crossDims.stream().distinct().count() > 1) {
      throw fields.bad("cross_attention_dim", crossDims, "the same for all blocks");
    }
    return new TrunkConfig(
        fields.integer("in_channels", 4),
        channels,
        attends,
        fields.perBlock("layers_per_block", 2, levels),
        fields.perBlock("transformer_layers_per_block", 1, levels),
        fields.perBlock("attention_head_dim", 8, levels),
        crossDims.getFirst(),
        fields.flag("use_linear_projection", false),
        fields.integer("norm_num_groups", 32),
        fields.number("norm_eps", 1e-5),
        fields.activation("act_fn", "silu"),
        fields.flag("flip_sin_to_cos", true),
        fields.number("freq_shift", 0));
  }

  /** Which blocks of a list attend to the text. */
  static List<Boolean> blockTypes(
      ConfigFields fields, String name, String attending, String plain, List<String> byDefault) {
    List<String> types = fields.texts(name, byDefault);
    for (String type : types) {
      if (!type.equals(attending) && !type.equals(plain)) {
        throw fields.bad(name, type, attending + " or " + plain);
      }
    }
    return types.stream().map(attending::equals).toList();
  }

  private static void requireSupported(ConfigFields fields) {
    for (String name :
        List.of(
            "only_cross_attention",
            "num_attention_heads",
            "class_embed_type",
            "num_class_embeds",
            "addition_embed_type",
            "addition_time_embed_dim",
            "encoder_hid_dim",
            "encoder_hid_dim_type",
            "dual_cross_attention",
            "center_input_sample",
            "time_cond_proj_dim",
            "time_embedding_dim",
            "time_embedding_act_fn",
            "timestep_post_act",
            "resnet_skip_time_act",
            "class_embeddings_concat",
            "mid_block_only_cross_attention",
            "cross_attention_norm",
            "reverse_transformer_layers_per_block",
            "global_pool_conditions")) {
      fields.requireNone(name);
    }
    fields.requireOnly("mid_block_type", "UNetMidBlock2DCrossAttn");
    fields.requireOnly("mid_block_scale_factor", 1);
    fields.requireOnly("resnet_time_scale_shift", "default");
    fields.requireOnly("resnet_out_scale_factor", 1);
    fields.requireOnly("time_embedding_type", "positional");
    fields.requireOnly("attention_type", "default");
    fields.requireOnly("downsample_padding", 1);
    fields.requireOnly("conv_in_kernel", 3);
    fields.requireOnly("conv_out_kernel", 3);
  }
}
