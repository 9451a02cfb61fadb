package dev.synthorax.server.pipeline;

import dev.synthorax.server.config.Unconditional;
import dev.synthorax.server.pictures.MaskCondition;
import dev.synthorax.server.pictures.StartImage;
import dev.synthorax.server.scheduler.Stage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request's prompts with the text encoder and its start image with the autoencoder's, one
 * request at a time, and passes it on.
 */
final class EncodeStage implements Stage.Worker<Generation> {
  private final PromptEncoder encoder;
  private final @Nullable ImageEncoder images;
  private final Unconditional unconditional;

  /**
   * A stage.
   *
   * @param images null: no request has a start image
   */
  EncodeStage(PromptEncoder encoder, @Nullable ImageEncoder images, Unconditional unconditional) {
    this.encoder = encoder;
    this.images = images;
    this.unconditional = unconditional;
  }

  @Override
  public boolean work(List<Generation> arrived) {
    for (Generation generation : arrived) {
      if (!generation.ended()) {
        generation.condition(conditioning(generation.request()));
      }
    }
    return false;
  }

  private Conditioning conditioning(GenerationRequest request) {
    MaskCondition masks = request.masks();
    float[] channels = masks == null ? null : masks.channels();
    return new Conditioning(
        encode(request.prompt()),
        encode(request.negativePrompt()),
        channels,
        request.controlRows(unconditional) == 2,
        start(request.startImage()));
  }

  private float @Nullable [] start(@Nullable StartImage image) {
    return image == null || images == null ? null : images.encode(image.pixels());
  }

  private float @Nullable [] encode(String prompt) {
    boolean zero = prompt.isEmpty() && unconditional == Unconditional.ZERO;
    return zero ? null : encoder.encode(prompt);
  }

  @Override
  public void fail(Generation generation, RuntimeException failure) {
    generation.fail(failure);
  }
}
