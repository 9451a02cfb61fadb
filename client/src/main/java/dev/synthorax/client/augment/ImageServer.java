package dev.synthorax.client.augment;

import dev.synthorax.client.generation.GenerationEngine;
import dev.synthorax.client.generation.MadeImage;
import dev.synthorax.client.generation.PlannedRequest;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.proto.v1.GenerationSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The servers of a job, which have one model.
 *
 * @param engine that asks them
 * @param model that every image must be made by
 * @param listener told of images that are not taken
 */
record ImageServer(GenerationEngine engine, GenerationModel model, AugmentListener listener) {

  /** One image that was asked for, checked. */
  record Answer(MadeImage image, GrayImage pixels) {}

  /**
   * Waits for the one image of a request.
   *
   * @throws dev.synthorax.client.SynthoraxException if the servers fail for longer than the client
   *     tries, or the image is not what was asked for
   */
  Answer ask(String id, GenerationSpec request) {
    AtomicReference<@Nullable Answer> answer = new AtomicReference<>();
    try {
      engine.ask(
          new PlannedRequest(List.of(id), request),
          (image, pixels) -> answer.set(new Answer(image, pixels)));
    } catch (IOException e) { // nothing is written here
      throw new UncheckedIOException(e);
    }
    Answer image = answer.get();
    if (image == null) {
      throw new IllegalStateException("the answer to " + id + " was complete without its image");
    }
    return image;
  }

  /** Tells that an image is made again. */
  void rejected(String id, String problem) {
    listener.rejected(id, problem);
  }
}
