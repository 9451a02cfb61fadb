package dev.synthorax.server.grpc;

import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.server.pictures.MaskCondition;
import dev.synthorax.server.pipeline.GenerationRequest;
import dev.synthorax.server.pipeline.GenerationSettings;
import org.jspecify.annotations.Nullable;

/** A request that was read, but for the pixels of its masks and its start image. */
final class GenerationDraft {
  private final GenerationSpec spec;
  private final GenerationSettings settings;
  private final @Nullable MaskDraft masks;
  private final @Nullable StartImageDraft start;
  private final float @Nullable [] initialLatents;

  GenerationDraft(
      GenerationSpec spec,
      GenerationSettings settings,
      @Nullable MaskDraft masks,
      @Nullable StartImageDraft start,
      float @Nullable [] initialLatents) {
    this.spec = spec;
    this.settings = settings;
    this.masks = masks;
    this.start = start;
    this.initialLatents = initialLatents;
  }

  GenerationSettings settings() {
    return settings;
  }

  /** Whether it has images that are not decoded yet. */
  boolean hasImages() {
    return masks != null || start != null;
  }

  /** Bytes that its images take until they are decoded. */
  long heldBytes() {
    return (masks == null ? 0 : masks.heldBytes()) + (start == null ? 0 : start.heldBytes());
  }

  /**
   * In full; decodes its images, which may take seconds.
   *
   * @throws FieldException naming the image that cannot be taken
   */
  GenerationRequest decode() {
    MaskCondition decoded = masks == null ? null : masks.decode();
    return new GenerationRequest(
            spec.getPrompt(), spec.getNegativePrompt(), decoded, initialLatents, settings)
        .from(start == null ? null : start.decode());
  }
}
