package dev.synthorax.nn;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The denoising network of Stable Diffusion 1.x and its kin: a U-Net over latents that attends to
 * text.
 *
 * @see <a href="https://arxiv.org/abs/2112.10752">Rombach et al. 2022</a>
 */
public final class UNet2DConditionModel {

  private UNet2DConditionModel() {}

  /** Every parameter of the network, in the order of use. */
  public static List<ParameterSpec> parameters(UNet2DConditionConfig config) {
    ShapeOps shapes = new ShapeOps();
    TrunkConfig trunk = config.trunk();
    long side = 1L << trunk.levels();
    long[] sample = {1, trunk.inChannels(), side, side};
    long[] text = {1, 1, trunk.crossAttentionDim()};
    forward(shapes, config, sample, new long[] {1}, text, null);
    return shapes.parameters();
  }

  /**
   * Predicts the noise (or velocity) in {@code sample}.
   *
   * @param sample {@code [batch, inChannels, height, width]}; sides divide by {@code 2^(levels-1)}
   * @param timestep FP32 {@code [batch]}, each row its own
   * @param text {@code [batch, length, crossAttentionDim]}
   * @param residuals added to the way down and the middle, or null for none
   * @return {@code [batch, outChannels, height, width]}
   * @throws IllegalArgumentException if a shape does not fit the configuration
   */
  public static <T> T forward(
      Ops<T> ops,
      UNet2DConditionConfig config,
      T sample,
      T timestep,
      T text,
      @Nullable ControlNetResiduals<T> residuals) {
    TrunkConfig trunk = config.trunk();
    T time = DiffusionTrunk.timeEmbedding(ops, trunk, timestep);
    T first = Layers.conv3x3(ops.in("conv_in"), sample, trunk.blockOutChannels().getFirst());
    DiffusionTrunk.Features<T> features = DiffusionTrunk.forward(ops, trunk, first, time, text);
    List<T> skips = features.down();
    T hidden = features.middle();
    if (residuals != null) {
      skips = addAll(ops, skips, residuals.down());
      hidden = ops.add(hidden, residuals.middle());
    }
    hidden = up(ops, config, hidden, new ArrayDeque<>(skips), time, text);
    hidden =
        Layers.groupNorm(ops.in("conv_norm_out"), hidden, trunk.normGroups(), trunk.normEpsilon());
    hidden = ops.activation(trunk.activation(), hidden);
    return Layers.conv3x3(ops.in("conv_out"), hidden, config.outChannels());
  }

  private static <T> T up(
      Ops<T> ops, UNet2DConditionConfig config, T middle, Deque<T> skips, T time, T text) {
    TrunkConfig trunk = config.trunk();
    ResnetBlock resnet = DiffusionTrunk.resnet(trunk);
    T hidden = middle;
    for (int i = 0; i < trunk.levels(); i++) {
      Ops<T> block = ops.in("up_blocks." + i);
      int level = trunk.levels() - 1 - i;
      int channels = trunk.blockOutChannels().get(level);
      SpatialTransformer transformer = DiffusionTrunk.transformer(trunk, level);
      for (int j = 0; j <= trunk.layersPerBlock().get(level); j++) {
        T joined = ops.concat(1, List.of(hidden, skips.removeLast()));
        hidden = resnet.forward(block.in("resnets." + j), joined, time, channels);
        if (config.upCrossAttention().get(i)) {
          hidden = transformer.forward(block.in("attentions." + j), hidden, text);
        }
      }
      if (level > 0) {
        hidden = ops.upsampleNearest2x(hidden);
        hidden = Layers.conv3x3(block.in("upsamplers.0.conv"), hidden, channels);
      }
      block.observe("output", hidden);
    }
    return hidden;
  }

  private static <T> List<T> addAll(Ops<T> ops, List<T> skips, List<T> residuals) {
    if (skips.size() != residuals.size()) {
      throw new IllegalArgumentException(
          "residuals: %d (expected: %d and the middle)".formatted(residuals.size(), skips.size()));
    }
    List<T> sums = new ArrayList<>(skips.size());
    for (int i = 0; i < skips.size(); i++) {
      sums.add(ops.add(skips.get(i), residuals.get(i)));
    }
    return sums;
  }
}
