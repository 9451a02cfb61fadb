package dev.synthorax.nn;

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
    int inChannels, int findings, int baseChannels, int stages, int blocksPerStage)
    implements ReaderConfig {

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

  static ClassifierConfig of(ConfigFields fields, int outputs) {
    return fields.build(
        () ->
            new ClassifierConfig(
                fields.integer("in_channels", 1),
                fields.integer("findings", outputs),
                fields.integer("base_channels", 16),
                fields.integer("stages", 3),
                fields.integer("blocks_per_stage", 2)));
  }

  @Override
  public int outputs() {
    return findings;
  }

  @Override
  public String outputsField() {
    return "findings";
  }

  @Override
  public int factor() {
    return 2 << stages;
  }

  @Override
  public String head() {
    return "head";
  }
}
