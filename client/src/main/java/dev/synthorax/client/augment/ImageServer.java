package dev.synthorax.client.augment;

import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.generation.AnswerCheck;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerationSpec;
import java.util.List;

/**
 * The servers of a job, which have one model, and a look at what they answer.
 *
 * @param client borrowed
 * @param model that every image must be made by
 * @param listener told of images that are not taken, and of what servers warn of
 */
record ImageServer(SynthoraxClient client, GenerationModel model, AugmentListener listener) {

  /**
   * Waits for the images of a request.
   *
   * @throws SynthoraxException if the servers fail for longer than the client tries
   */
  GenerateResponse ask(GenerationSpec request) {
    GenerateResponse response = client.generate(request);
    response.getWarningsList().forEach(listener::warned);
    return response;
  }

  /** Tells that an image is made again. */
  void rejected(String id, String problem) {
    listener.rejected(id, problem);
  }

  /**
   * Returns the one image of an answer.
   *
   * @throws SynthoraxException if it is not what was asked for: a server's fault, not the plan's
   */
  static GrayImage image(String id, GenerationSpec asked, GenerateResponse response) {
    AnswerCheck check = new AnswerCheck(id, asked);
    check.settings(response.getSettings());
    List<GrayImage> images = response.getImagesList().stream().map(check::image).toList();
    check.end();
    return images.getFirst();
  }
}
