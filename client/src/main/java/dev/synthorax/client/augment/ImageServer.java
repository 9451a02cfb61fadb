package dev.synthorax.client.augment;

import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.Image;
import io.grpc.Status;
import java.io.IOException;

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
  GenerateResponse ask(GenerateRequest request) {
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
  GrayImage image(String id, GenerateResponse response) {
    EffectiveSettings used = response.getSettings();
    if (!used.getModel().equals(model.name()) || !used.getModelVersion().equals(model.version())) {
      throw failure(
          id
              + ": a server made it with "
              + used.getModel()
              + " "
              + used.getModelVersion()
              + " (expected: "
              + model.name()
              + " "
              + model.version()
              + ", as the rest of the dataset)");
    }
    if (response.getImagesCount() != 1) {
      throw failure(id + ": a server sent " + response.getImagesCount() + " images (expected: 1)");
    }
    Image sent = response.getImages(0);
    GrayImage image;
    try {
      image = Png.decode(sent.getData().toByteArray(), Draft.MAX_SIDE);
    } catch (IOException e) {
      throw failure(id + ": a server sent no image: " + e.getMessage());
    }
    if (image.width() != model.width() || image.height() != model.height()) {
      throw failure(
          id
              + ": a server sent "
              + image
              + " (expected: "
              + model.width()
              + " x "
              + model.height()
              + ")");
    }
    return image;
  }

  private static SynthoraxException failure(String message) {
    return SynthoraxException.of(Status.Code.INTERNAL, message, null);
  }
}
