package dev.synthorax.nn;

import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * Configuration of {@link DenseNet}: {@code config.json} with {@code _class_name DenseNet} and the
 * fields of torchvision, {@code in_channels} and the scale of the image beside them. Missing fields
 * are those of DenseNet-121 with one channel.
 *
 * <p>Weights expect images in the range they were trained on. {@code input_scale} and {@code
 * input_shift}, a number a channel, turn -1..1 into it: {@code [1024]} and {@code [0]} for
 * torchxrayvision, {@code [2.1834, 2.2321, 2.2222]} and {@code [0.0655, 0.1964, 0.4178]} for
 * ImageNet's statistics.
 *
 * @param inChannels channels of the first convolution; a grey image feeds each
 * @param outputs {@code num_classes}: one logit a finding
 * @param growthRate {@code growth_rate}: channels that a layer adds
 * @param blocks {@code block_config}: layers of each dense block
 * @param initFeatures {@code num_init_features}: channels of the first convolution's result
 * @param bottleneck {@code bn_size}: channels of a layer's inner convolution, as a multiple of the
 *     growth rate
 * @param inputScale factor of each channel of the image
 * @param inputShift added to it then
 */
public record DenseNetConfig(
    int inChannels,
    int outputs,
    int growthRate,
    List<Integer> blocks,
    int initFeatures,
    int bottleneck,
    List<Double> inputScale,
    List<Double> inputShift)
    implements ReaderConfig {

  /** Checks the ranges and copies. */
  public DenseNetConfig {
    blocks = List.copyOf(blocks);
    inputScale = List.copyOf(inputScale);
    inputShift = List.copyOf(inputShift);
    if (inChannels < 1
        || outputs < 1
        || growthRate < 1
        || initFeatures < 1
        || bottleneck < 1
        || blocks.isEmpty()
        || blocks.size() > 5
        || blocks.stream().anyMatch(layers -> layers < 1)) {
      throw new IllegalArgumentException(
          ("in_channels %d, num_classes %d, growth_rate %d, block_config %s, num_init_features %d,"
                  + " bn_size %d (expected: positive, 1..5 blocks)")
              .formatted(inChannels, outputs, growthRate, blocks, initFeatures, bottleneck));
    }
    if (inputScale.size() != inChannels || inputShift.size() != inChannels) {
      throw new IllegalArgumentException(
          "input_scale %s, input_shift %s (expected: %d numbers each, one a channel)"
              .formatted(inputScale, inputShift, inChannels));
    }
  }

  static DenseNetConfig of(ConfigFields fields, int outputs) {
    fields.requireOnly("drop_rate", 0);
    int channels = fields.integer("in_channels", 1);
    return fields.build(
        () ->
            new DenseNetConfig(
                channels,
                fields.integer("num_classes", outputs),
                fields.integer("growth_rate", 32),
                fields.integers("block_config", List.of(6, 12, 24, 16)),
                fields.integer("num_init_features", 64),
                fields.integer("bn_size", 4),
                numbers(fields, "input_scale", 1, channels),
                numbers(fields, "input_shift", 0, channels)));
  }

  private static List<Double> numbers(ConfigFields fields, String name, double each, int count) {
    return Objects.requireNonNullElse(fields.numbers(name), Collections.nCopies(count, each));
  }

  @Override
  public String outputsField() {
    return "num_classes";
  }

  @Override
  public int factor() {
    return 2 << blocks.size();
  }

  @Override
  public String head() {
    return "classifier";
  }

  /** Whether images enter as they are. */
  boolean plainInput() {
    return inputScale.stream().allMatch(each -> each == 1)
        && inputShift.stream().allMatch(each -> each == 0);
  }
}
