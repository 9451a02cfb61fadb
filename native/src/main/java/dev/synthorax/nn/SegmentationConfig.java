package dev.synthorax.nn;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.weights.ModelFile;
import java.nio.file.Path;

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
public record SegmentationConfig(int inChannels, int structures, int baseChannels, int levels) {

  /** Checks the ranges. */
  public SegmentationConfig {
    if (inChannels < 1 || structures < 1 || baseChannels < 1 || levels < 2 || levels > 6) {
      throw new IllegalArgumentException(
          "in_channels %d, structures %d, base_channels %d, levels %d (expected: positive, 2..6 levels)"
              .formatted(inChannels, structures, baseChannels, levels));
    }
  }

  /**
   * Reads {@code config.json}; missing fields take 1 channel, 3 structures, 16 base channels, 4
   * levels.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file and the field, if it cannot be
   *     read or a value is wrong
   */
  public static SegmentationConfig read(Path file) {
    return of(ConfigFields.read(ModelFile.of(file)));
  }

  /**
   * The same from text.
   *
   * @param json the content of a {@code config.json}
   * @throws InferenceException {@code MODEL_FAILED}, naming the field, if a value is wrong
   */
  public static SegmentationConfig parse(String json) {
    return of(ConfigFields.parse("segmenter config", json));
  }

  private static SegmentationConfig of(ConfigFields fields) {
    fields.requireClass("SegmentationUNet");
    return fields.build(
        () ->
            new SegmentationConfig(
                fields.integer("in_channels", 1),
                fields.integer("structures", 3),
                fields.integer("base_channels", 16),
                fields.integer("levels", 4)));
  }
}
