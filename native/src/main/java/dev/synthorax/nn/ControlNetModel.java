package dev.synthorax.nn;

import java.util.ArrayList;
import java.util.List;

/**
 * A copy of the U-Net's trunk that turns a condition image into residuals for the U-Net. Its
 * outgoing convolutions start as zero, so that control starts as none.
 *
 * @see <a href="https://arxiv.org/abs/2302.05543">Zhang et al. 2023</a>
 */
public final class ControlNetModel {

  private ControlNetModel() {}

  /** Every parameter of the network, in the order of use. */
  public static List<ParameterSpec> parameters(ControlNetConfig config) {
    ShapeOps shapes = new ShapeOps();
    TrunkConfig trunk = config.trunk();
    long side = 1L << trunk.levels();
    long large = side * config.conditioningFactor();
    long[] sample = {1, trunk.inChannels(), side, side};
    long[] text = {1, 1, trunk.crossAttentionDim()};
    long[] condition = {1, config.conditioningChannels(), large, large};
    forward(shapes, config, sample, new long[] {1}, text, condition);
    return shapes.parameters();
  }

  /**
   * Computes the residuals at conditioning scale 1.
   *
   * @param sample {@code [batch, inChannels, height, width]}, the latents of the U-Net
   * @param timestep FP32 {@code [batch]}
   * @param text {@code [batch, length, crossAttentionDim]}
   * @param condition {@code [batch, conditioningChannels, height * factor, width * factor]} in
   *     0..1, with the factor of {@link ControlNetConfig#conditioningFactor}
   * @throws IllegalArgumentException if a shape does not fit the configuration
   */
  public static <T> ControlNetResiduals<T> forward(
      Ops<T> ops, ControlNetConfig config, T sample, T timestep, T text, T condition) {
    requireShape(ops, config, sample, condition);
    TrunkConfig trunk = config.trunk();
    T time = DiffusionTrunk.timeEmbedding(ops, trunk, timestep);
    int channels = trunk.blockOutChannels().getFirst();
    T first = Layers.conv3x3(ops.in("conv_in"), sample, channels);
    first = ops.add(first, embed(ops.in("controlnet_cond_embedding"), config, condition, channels));
    DiffusionTrunk.Features<T> features = DiffusionTrunk.forward(ops, trunk, first, time, text);
    List<T> down = new ArrayList<>();
    for (T value : features.down()) {
      Ops<T> out = ops.in("controlnet_down_blocks." + down.size());
      down.add(Layers.zeroConv2d(out, value, ops.dim(value, 1), 1));
    }
    T middle = features.middle();
    middle = Layers.zeroConv2d(ops.in("controlnet_mid_block"), middle, ops.dim(middle, 1), 1);
    return new ControlNetResiduals<>(down, middle);
  }

  private static <T> T embed(Ops<T> ops, ControlNetConfig config, T condition, int outChannels) {
    List<Integer> channels = config.conditioningEmbeddingChannels();
    T hidden = Layers.conv3x3(ops.in("conv_in"), condition, channels.getFirst());
    hidden = ops.activation(Activation.SILU, hidden);
    for (int i = 0; i < channels.size() - 1; i++) {
      hidden = Layers.conv3x3(ops.in("blocks." + 2 * i), hidden, channels.get(i));
      hidden = ops.activation(Activation.SILU, hidden);
      Ops<T> shrink = ops.in("blocks." + (2 * i + 1));
      hidden = Layers.conv2d(shrink, hidden, channels.get(i + 1), 3, 2, Padding.of(1));
      hidden = ops.activation(Activation.SILU, hidden);
    }
    return Layers.zeroConv2d(ops.in("conv_out"), hidden, outChannels, 3);
  }

  private static <T> void requireShape(Ops<T> ops, ControlNetConfig config, T sample, T condition) {
    long factor = config.conditioningFactor();
    long height = ops.dim(sample, 2) * factor;
    long width = ops.dim(sample, 3) * factor;
    if (ops.dim(condition, 1) != config.conditioningChannels()
        || ops.dim(condition, 2) != height
        || ops.dim(condition, 3) != width) {
      throw new IllegalArgumentException(
          "condition: %dx%dx%d (expected: %dx%dx%d)"
              .formatted(
                  ops.dim(condition, 1),
                  ops.dim(condition, 2),
                  ops.dim(condition, 3),
                  config.conditioningChannels(),
                  height,
                  width));
    }
  }
}
