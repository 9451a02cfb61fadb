package dev.synthorax.nn;

import java.util.ArrayList;
import java.util.List;

/** The way down and the middle of a denoising U-Net, with diffusers' names. */
final class DiffusionTrunk {

  private DiffusionTrunk() {}

  /**
   * What the trunk gives.
   *
   * @param down one value after the first convolution, each residual block and each downsampler
   * @param middle after the middle block
   */
  record Features<T>(List<T> down, T middle) {
    Features {
      down = List.copyOf(down);
    }
  }

  static ResnetBlock resnet(TrunkConfig config) {
    return new ResnetBlock(config.normGroups(), config.normEpsilon(), config.activation());
  }

  static SpatialTransformer transformer(TrunkConfig config, int level) {
    return new SpatialTransformer(
        config.heads().get(level),
        config.transformerLayers().get(level),
        config.normGroups(),
        config.linearProjection());
  }

  static <T> T timeEmbedding(Ops<T> ops, TrunkConfig config, T timestep) {
    return new TimestepEmbedding(
            config.blockOutChannels().getFirst(),
            config.flipSinToCos(),
            config.freqShift(),
            config.activation())
        .forward(ops.in("time_embedding"), timestep);
  }

  /**
   * Runs the trunk.
   *
   * @param first the output of {@code conv_in}
   * @param time of {@link #timeEmbedding}
   * @param text {@code [batch, length, crossAttentionDim]}
   */
  static <T> Features<T> forward(Ops<T> ops, TrunkConfig config, T first, T time, T text) {
    if (ops.dim(text, -1) != config.crossAttentionDim()) {
      throw new IllegalArgumentException(
          "text: %d features (expected: cross_attention_dim %d)"
              .formatted(ops.dim(text, -1), config.crossAttentionDim()));
    }
    ResnetBlock resnet = resnet(config);
    List<T> down = new ArrayList<>();
    T hidden = first;
    down.add(hidden);
    for (int level = 0; level < config.levels(); level++) {
      Ops<T> block = ops.in("down_blocks." + level);
      int channels = config.blockOutChannels().get(level);
      SpatialTransformer transformer = transformer(config, level);
      for (int i = 0; i < config.layersPerBlock().get(level); i++) {
        hidden = resnet.forward(block.in("resnets." + i), hidden, time, channels);
        if (config.crossAttention().get(level)) {
          hidden = transformer.forward(block.in("attentions." + i), hidden, text);
        }
        down.add(hidden);
      }
      if (level < config.levels() - 1) {
        requireEven(block, hidden);
        Ops<T> downsampler = block.in("downsamplers.0.conv");
        hidden = Layers.conv2d(downsampler, hidden, channels, 3, 2, Padding.of(1));
        down.add(hidden);
      }
      block.observe("output", hidden);
    }
    Ops<T> mid = ops.in("mid_block");
    int channels = config.blockOutChannels().getLast();
    hidden = resnet.forward(mid.in("resnets.0"), hidden, time, channels);
    hidden = transformer(config, config.levels() - 1).forward(mid.in("attentions.0"), hidden, text);
    hidden = resnet.forward(mid.in("resnets.1"), hidden, time, channels);
    return new Features<>(down, mid.observe("output", hidden));
  }

  private static <T> void requireEven(Ops<T> ops, T x) {
    if (ops.dim(x, 2) % 2 != 0 || ops.dim(x, 3) % 2 != 0) {
      throw new IllegalArgumentException(
          "%s: %dx%d (expected: latents whose sides divide by 2 at every level)"
              .formatted(ops.path(), ops.dim(x, 2), ops.dim(x, 3)));
    }
  }
}
