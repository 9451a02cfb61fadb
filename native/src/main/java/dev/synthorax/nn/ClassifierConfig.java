package dev.synthorax.nn;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.weights.ModelFile;
import java.nio.file.Path;

/**
 * Configuration of {@link ChestClassifier}: {@code config.json} with {@code _class_name
 * ChestClassifier}, {@code in_channels}, {@code findings}, {@code base_channels}, {@code stages},
 * {@code blocks_per_stage}.
 *
 * @param inChannels channels of the image
 * @param findings length of the result, one logit a finding
 * @param baseChannels channels at half size; each stage below has twice as many
 * @param stages 1..5; sides of the image divide by {@code 2^(stages + 1)}
 * @param blocksPerStage residual blocks of each stage
 */
public record ClassifierConfig(
    int inChannels, int findings, int baseChannels, int stages, int blocksPerStage) {

  /** Checks the ranges. */
  public ClassifierConfig {
    if (inChannels < 1
        || findings < 1
        || baseChannels < 1
        || stages < 1
        || stages > 5
        || blocksPerStage < 1) {
      throw new IllegalArgumentException(
          ("in_channels %d, findings %d, base_channels %d, stages %d, blocks_per_stage %d"
                  + " (expected: positive, 1..5 stages)")
              .formatted(inChannels, findings, baseChannels, stages, blocksPerStage));
    }
  }

  /**
   * Reads {@code config.json}; missing fields take 1 channel, 7 findings, 16 base channels, 3
   * stages of 2 blocks.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file and the field, if it cannot be
   *     read or a value is wrong
   */
  public static ClassifierConfig read(Path file) {
    return of(ConfigFields.read(ModelFile.of(file)));
  }

  /**
   * The same from text.
   *
   * @param json the content of a {@code config.json}
   * @throws InferenceException {@code MODEL_FAILED}, naming the field, if a value is wrong
   */
  public static ClassifierConfig parse(String json) {
    return of(ConfigFields.parse("classifier config", json));
  }

  private static ClassifierConfig of(ConfigFields fields) {
    fields.requireClass("ChestClassifier");
    return fields.build(
        () ->
            new ClassifierConfig(
                fields.integer("in_channels", 1),
                fields.integer("findings", 7),
                fields.integer("base_channels", 16),
                fields.integer("stages", 3),
                fields.integer("blocks_per_stage", 2)));
  }
}
