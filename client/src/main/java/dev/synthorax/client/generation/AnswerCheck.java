package dev.synthorax.client.generation;

import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.proto.v1.NoiseScheduler;
import dev.synthorax.proto.v1.OutputFormat;
import io.grpc.Status;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks what a server sends against what it was asked for, before any of it becomes a file.
 *
 * <p>Every method throws {@link SynthoraxException} INTERNAL that names the request, the image, the
 * value and what was expected.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
final class AnswerCheck {
  private static final int MAX_SIDE = 8192;

  private final String name;
  private final GenerationSpec request;
  private final int count;
  private final Set<Integer> received = new HashSet<>();
  private @Nullable EffectiveSettings settings;

  /**
   * Begins with an answer.
   *
   * @param name of the request, for messages
   */
  AnswerCheck(String name, GenerationSpec request) {
    this.name = name;
    this.request = request;
    this.count = request.hasCount() ? request.getCount() : 1;
  }

  /** Checks what the server says it used; the first to be called. */
  void settings(EffectiveSettings used) {
    String at = "the answer to " + name;
    if (!request.getModel().isEmpty()) {
      require(at, "model", used.getModel(), request.getModel());
    }
    if (!request.getModelVersion().isEmpty()) {
      require(at, "model version", used.getModelVersion(), request.getModelVersion());
    }
    if (request.hasNumInferenceSteps()) {
      require(at, "steps", used.getNumInferenceSteps(), request.getNumInferenceSteps());
    }
    if (request.hasGuidanceScale()) {
      require(at, "guidance scale", used.getGuidanceScale(), request.getGuidanceScale());
    }
    if (request.getNoiseScheduler() != NoiseScheduler.NOISE_SCHEDULER_UNSPECIFIED) {
      require(at, "noise scheduler", used.getNoiseScheduler(), request.getNoiseScheduler());
    }
    if (request.hasWidth()) {
      require(at, "width", used.getWidth(), request.getWidth());
    }
    if (request.hasHeight()) {
      require(at, "height", used.getHeight(), request.getHeight());
    }
    require(at, "count", used.getCount(), count);
    require(at, "seed", unsigned(used.getSeed()), unsigned(request.getSeed()));
    settings = used;
  }

  /** Checks an image and returns its pixels. */
  GrayImage image(Image image) {
    int index = image.getIndex();
    EffectiveSettings used = settings;
    if (used == null || index < 0 || index >= count || !received.add(index)) {
      throw wrong(
          "the answer to "
              + name
              + " has image "
              + index
              + " out of turn (expected: after the settings, each of 0 to "
              + (count - 1)
              + " once)");
    }
    String at = "the answer to " + name + ", image " + index + ",";
    require(at, "seed", unsigned(image.getSeed()), unsigned(request.getSeed() + index));
    require(at, "format", image.getFormat(), OutputFormat.OUTPUT_FORMAT_PNG_GRAY8);
    require(at, "width", image.getWidth(), used.getWidth());
    require(at, "height", image.getHeight(), used.getHeight());
    GrayImage pixels;
    try {
      pixels = Png.decode(image.getData().toByteArray(), MAX_SIDE);
    } catch (IOException e) {
      throw wrong(at + " is unusable: " + e.getMessage());
    }
    require(at, "width in its PNG", pixels.width(), used.getWidth());
    require(at, "height in its PNG", pixels.height(), used.getHeight());
    return pixels;
  }

  /** Checks that every image has come. */
  void end() {
    if (!isComplete()) {
      throw wrong(
          "the answer to "
              + name
              + " ended after "
              + received.size()
              + " images (expected: "
              + count
              + "); try again");
    }
  }

  /** Returns whether every image has come. */
  boolean isComplete() {
    return received.size() == count;
  }

  private static String unsigned(long seed) {
    return Long.toUnsignedString(seed);
  }

  private static void require(String at, String what, Object actual, Object expected) {
    if (!actual.equals(expected)) {
      throw wrong(at + " has " + what + " " + actual + " (expected: " + expected + ")");
    }
  }

  private static SynthoraxException wrong(String message) {
    return SynthoraxException.of(Status.Code.INTERNAL, message, null);
  }
}
