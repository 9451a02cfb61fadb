package dev.synthorax.server.pipeline;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.config.Unconditional;
import dev.synthorax.server.pictures.MaskCondition;
import dev.synthorax.server.pictures.StartImage;
import org.jspecify.annotations.Nullable;

/** What is to be drawn, and how. Arrays are handed over and never written again. */
public final class GenerationRequest {
  private final String prompt;
  private final String negativePrompt;
  private final @Nullable MaskCondition masks;
  private final float @Nullable [] initialLatents;
  private final GenerationSettings settings;
  private final @Nullable StartImage startImage;

  /**
   * A request.
   *
   * @param prompt empty: no text condition
   * @param negativePrompt empty: none
   * @param masks null: no mask condition
   * @param initialLatents {@code [count, channels, height / factor, width / factor]}, the noise
   *     that images start from or are mixed with; null: drawn from the seed
   */
  public GenerationRequest(
      String prompt,
      String negativePrompt,
      @Nullable MaskCondition masks,
      float @Nullable [] initialLatents,
      GenerationSettings settings) {
    this(prompt, negativePrompt, masks, initialLatents, settings, null);
  }

  private GenerationRequest(
      String prompt,
      String negativePrompt,
      @Nullable MaskCondition masks,
      float @Nullable [] initialLatents,
      GenerationSettings settings,
      @Nullable StartImage startImage) {
    this.prompt = requireNonNull(prompt, "prompt");
    this.negativePrompt = requireNonNull(negativePrompt, "negativePrompt");
    this.masks = masks;
    this.initialLatents = initialLatents;
    this.settings = requireNonNull(settings, "settings");
    this.startImage = startImage;
  }

  /**
   * The same from another image.
   *
   * @param image null: from noise alone
   */
  public GenerationRequest from(@Nullable StartImage image) {
    return new GenerationRequest(prompt, negativePrompt, masks, initialLatents, settings, image);
  }

  /** How the images are to be made. */
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

  @Nullable StartImage startImage() {
    return startImage;
  }

  /** Whether an image takes two rows: guidance acts, since the two rows would differ. */
  boolean guided(Unconditional unconditional) {
    return settings.guidanceScale() > 1
        && (!prompt.equals(negativePrompt) || masksDiffer(unconditional));
  }

  /** Rows of a step that carry the masks. */
  int controlRows(Unconditional unconditional) {
    if (masks == null) {
      return 0;
    }
    return guided(unconditional) && !masksDiffer(unconditional) ? 2 : 1;
  }

  private boolean masksDiffer(Unconditional unconditional) {
    return switch (unconditional) {
      case EMPTY_PROMPT -> false;
      case ZERO -> masks != null;
    };
  }
}
