package dev.synthorax.server.grpc;

import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.server.pipeline.GenerationRequest;
import dev.synthorax.server.pipeline.GenerationSettings;
import dev.synthorax.server.pipeline.MaskCondition;
import org.jspecify.annotations.Nullable;

/** A request that was read, but for the pixels of its masks. */
final class GenerationDraft {
  private final GenerationSpec spec;
  private final GenerationSettings settings;
  private final @Nullable MaskDraft masks;
  private final float @Nullable [] initialLatents;

  GenerationDraft(
      GenerationSpec spec,
      GenerationSettings settings,
      @Nullable MaskDraft masks,
      float @Nullable [] initialLatents) {
    this.spec = spec;
    this.settings = settings;
    this.masks = masks;
    this.initialLatents = initialLatents;
  }

  GenerationSettings settings() {
    return settings;
  }

  /** Null where no mask is given. */
  @Nullable MaskDraft masks() {
    return masks;
  }

  /**
   * In full.
   *
   * @param decoded the masks; null where none is given
   */
  GenerationRequest request(@Nullable MaskCondition decoded) {
    return new GenerationRequest(
        spec.getPrompt(), spec.getNegativePrompt(), decoded, initialLatents, settings);
  }
}
