package dev.synthorax.nn;

/**
 * Configuration of {@link SegmentationUNet}: {@code config.json} with {@code _class_name
 * SegmentationUNet}, {@code in_channels}, {@code structures}, {@code base_channels}, {@code
 * levels}.
 *
 * @param inChannels channels of the image
 * @param structures channels of the result, one a structure
 * @param baseChannels channels at full size; each level below has twice as many
 * @param levels 2..6; sides of the image divide by {@code 2^(levels - 1)}
 */
public record SegmentationConfig(int inChannels, int structures, int baseChannels, int levels)
    implements ReaderConfig {

  /** Checks the ranges. */
  public SegmentationConfig {
    if (inChannels < 1 || structures < 1 || baseChannels < 1 || levels < 2 || levels > 6) {
      throw new IllegalArgumentException(
          "in_channels %d, structures %d, base_channels %d, levels %d (expected: positive, 2..6 levels)"
              .formatted(inChannels, structures, baseChannels, levels));
    }
  }

  static SegmentationConfig of(ConfigFields fields, int outputs) {
    return fields.build(
        () ->
            new SegmentationConfig(
                fields.integer("in_channels", 1),
                fields.integer("structures", outputs),
                fields.integer("base_channels", 16),
                fields.integer("levels", 4)));
  }

  @Override
  public int outputs() {
    return structures;
  }

  @Override
  public String outputsField() {
    return "structures";
  }

  @Override
  public int factor() {
    return 1 << (levels - 1);
  }

  @Override
  public String head() {
    return "head";
  }
}
