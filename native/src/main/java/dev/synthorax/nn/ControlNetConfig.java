package dev.synthorax.nn;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.weights.ModelFile;
import java.nio.file.Path;
import java.util.List;

/**
 * Configuration of {@link ControlNetModel}, as in diffusers' {@code controlnet/config.json}.
 *
 * @param trunk the same as the trunk of the U-Net that it controls
 * @param conditioningChannels channels of the condition image: 3 for RGB, or one a structure
 * @param conditioningEmbeddingChannels channels of the layers that shrink the condition, by 2 at
 *     each after the first
 */
public record ControlNetConfig(
    TrunkConfig trunk, int conditioningChannels, List<Integer> conditioningEmbeddingChannels) {

  /** Copies the list and checks its length. */
  public ControlNetConfig {
    conditioningEmbeddingChannels = List.copyOf(conditioningEmbeddingChannels);
    TrunkConfig.requireLevels("conditioning_embedding_out_channels", conditioningEmbeddingChannels);
  }

  /** How many times larger the condition's sides are than the latents': 8 for the default. */
  public int conditioningFactor() {
    return 1 << (conditioningEmbeddingChannels.size() - 1);
  }

  /**
   * Reads {@code controlnet/config.json}. Missing fields take diffusers' defaults, unknown ones are
   * ignored.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file and the field, if it cannot be
   *     read, a value is wrong or asks for an unsupported feature
   */
  public static ControlNetConfig read(ModelFile file) {
    return of(ConfigFields.read(file));
  }

  /** The same of a file that errors call by its path. */
  public static ControlNetConfig read(Path file) {
    return read(ModelFile.of(file));
  }

  /**
   * The same from text.
   *
   * @param json the content of a {@code config.json}
   * @throws InferenceException {@code MODEL_FAILED}, naming the field, if a value is wrong or asks
   *     for an unsupported feature
   */
  public static ControlNetConfig parse(String json) {
    return of(ConfigFields.parse("controlnet config", json));
  }

  private static ControlNetConfig of(ConfigFields fields) {
    fields.requireClass("ControlNetModel");
    fields.requireOnly("controlnet_conditioning_channel_order", "rgb");
    return fields.build(
        () ->
            new ControlNetConfig(
                TrunkConfig.read(fields),
                fields.integer("conditioning_channels", 3),
                fields.integers("conditioning_embedding_out_channels", List.of(16, 32, 96, 256))));
  }
}
