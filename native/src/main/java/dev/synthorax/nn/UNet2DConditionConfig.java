package dev.synthorax.nn;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.weights.ModelFile;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/**
 * Configuration of {@link UNet2DConditionModel}, as in diffusers' {@code unet/config.json}.
 *
 * @param trunk the way down and the middle
 * @param upCrossAttention whether each level of the way up attends to the text, innermost first,
 *     from {@code up_block_types}
 * @param outChannels channels of the prediction
 * @param sampleSize height and width of the latents that the network was made for; empty where it
 *     does not say
 */
public record UNet2DConditionConfig(
    TrunkConfig trunk, List<Boolean> upCrossAttention, int outChannels, List<Integer> sampleSize) {

  /** Copies the list and checks that it has one entry a level. */
  public UNet2DConditionConfig {
    upCrossAttention = List.copyOf(upCrossAttention);
    sampleSize = List.copyOf(sampleSize);
    if (upCrossAttention.size() != trunk.levels()) {
      throw new IllegalArgumentException(
          "up_block_types: %d (expected: %d, one a level)"
              .formatted(upCrossAttention.size(), trunk.levels()));
    }
  }

  /**
   * Reads {@code unet/config.json}. Missing fields take diffusers' defaults, unknown ones are
   * ignored.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file and the field, if it cannot be
   *     read, a value is wrong or asks for an unsupported feature
   */
  public static UNet2DConditionConfig read(ModelFile file) {
    return of(ConfigFields.read(file));
  }

  /** The same of a file that errors call by its path. */
  public static UNet2DConditionConfig read(Path file) {
    return read(ModelFile.of(file));
  }

  /**
   * The same from text.
   *
   * @param json the content of a {@code config.json}
   * @throws InferenceException {@code MODEL_FAILED}, naming the field, if a value is wrong or asks
   *     for an unsupported feature
   */
  public static UNet2DConditionConfig parse(String json) {
    return of(ConfigFields.parse("unet config", json));
  }

  private static UNet2DConditionConfig of(ConfigFields fields) {
    fields.requireClass("UNet2DConditionModel");
    return fields.build(
        () ->
            new UNet2DConditionConfig(
                TrunkConfig.read(fields),
                TrunkConfig.blockTypes(
                    fields,
                    "up_block_types",
                    "CrossAttnUpBlock2D",
                    "UpBlock2D",
                    List.of(
                        "UpBlock2D",
                        "CrossAttnUpBlock2D",
                        "CrossAttnUpBlock2D",
                        "CrossAttnUpBlock2D")),
                fields.integer("out_channels", 4),
                sampleSize(fields)));
  }

  private static List<Integer> sampleSize(ConfigFields fields) {
    String name = "sample_size";
    if (!fields.has(name)) {
      return List.of();
    }
    if (!fields.get(name).isArray()) {
      return Collections.nCopies(2, fields.integer(name, 1));
    }
    List<Integer> sides = fields.integers(name, List.of());
    if (sides.size() != 2) {
      throw fields.bad(name, sides, "one side or [height, width]");
    }
    return sides;
  }
}
