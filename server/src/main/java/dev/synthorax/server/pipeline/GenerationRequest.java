package dev.synthorax.server.pipeline;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** What is to be drawn, and how. Arrays are handed over and never written again. */
public final class GenerationRequest {
  private final String prompt;
  private final String negativePrompt;
  private final @Nullable MaskCondition masks;
  private final float @Nullable [] initialLatents;
  private final GenerationSettings settings;

  /**
   * A request.
   *
   * @param prompt empty: no text condition
   * @param negativePrompt empty: none
   * @param masks null: no mask condition
   * @param initialLatents {@code [count, channels, height / factor, width / factor]}; null: drawn
   *     from the seed
   */
  public GenerationRequest(
      String prompt,
      String negativePrompt,
      @Nullable MaskCondition masks,
      float @Nullable [] initialLatents,
      GenerationSettings settings) {
    this.prompt = requireNonNull(prompt, "prompt");
    this.negativePrompt = requireNonNull(negativePrompt, "negativePrompt");
    this.masks = masks;
    this.initialLatents = initialLatents;
    this.settings = requireNonNull(settings, "settings");
  }

  /** How. */
  public GenerationSettings settings() {
    return settings;
  }

  String prompt() {
    return prompt;
  }

  String negativePrompt() {
    return negativePrompt;
  }

  @Nullable MaskCondition masks() {
    return masks;
  }

  float @Nullable [] initialLatents() {
    return initialLatents;
  }

  /** Whether an image takes two rows: guidance acts, since the two rows would differ. */
  boolean guided() {
    return settings.guidanceScale() > 1
        && (masks != null || !prompt.isEmpty() || !negativePrompt.isEmpty());
  }
}
