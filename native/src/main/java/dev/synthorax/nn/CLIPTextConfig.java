package dev.synthorax.nn;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.weights.ModelFile;
import java.nio.file.Path;

/**
 * Configuration of {@link CLIPTextModel}, as in transformers' {@code text_encoder/config.json}.
 *
 * @param vocabSize tokens
 * @param hiddenSize features of a token
 * @param intermediateSize features inside the feed-forward layers
 * @param layers {@code num_hidden_layers}
 * @param heads {@code num_attention_heads}
 * @param maxPositions longest sequence, in tokens
 * @param activation {@code hidden_act}
 * @param layerNormEpsilon {@code layer_norm_eps}
 */
public record CLIPTextConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int maxPositions,
    Activation activation,
    double layerNormEpsilon) {

  private static final int MAX_POSITIONS = 4096; // 77 in CLIP; a mask has their square

  /** Checks that the heads share the features, and the longest sequence. */
  public CLIPTextConfig {
    if (maxPositions > MAX_POSITIONS) {
      throw new IllegalArgumentException(
          "max_position_embeddings: %d (expected: at most %d)"
              .formatted(maxPositions, MAX_POSITIONS));
    }
    if (heads < 1 || hiddenSize % heads != 0) {
      throw new IllegalArgumentException(
          "hidden_size: %d (expected: a multiple of num_attention_heads %d)"
              .formatted(hiddenSize, heads));
    }
  }

  /**
   * Reads {@code text_encoder/config.json}. Missing fields take transformers' defaults, unknown
   * ones are ignored.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file and the field, if it cannot be
   *     read, a value is wrong or asks for an unsupported feature
   */
  public static CLIPTextConfig read(ModelFile file) {
    return of(ConfigFields.read(file));
  }

  /** The same of a file that errors call by its path. */
  public static CLIPTextConfig read(Path file) {
    return read(ModelFile.of(file));
  }

  /**
   * The same from text.
   *
   * @param json the content of a {@code config.json}
   * @throws InferenceException {@code MODEL_FAILED}, naming the field, if a value is wrong or asks
   *     for an unsupported feature
   */
  public static CLIPTextConfig parse(String json) {
    return of(ConfigFields.parse("text encoder config", json));
  }

  private static CLIPTextConfig of(ConfigFields fields) {
    fields.requireOnly("model_type", "clip_text_model");
    fields.requireNone("use_attention_mask");
    return fields.build(
        () ->
            new CLIPTextConfig(
                fields.integer("vocab_size", 49_408),
                fields.integer("hidden_size", 512),
                fields.integer("intermediate_size", 2048),
                fields.integer("num_hidden_layers", 12),
                fields.integer("num_attention_heads", 8),
                fields.integer("max_position_embeddings", 77),
                fields.activation("hidden_act", "quick_gelu"),
                fields.number("layer_norm_eps", 1e-5)));
  }
}
