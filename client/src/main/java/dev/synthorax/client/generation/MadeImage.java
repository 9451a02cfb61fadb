package dev.synthorax.client.generation;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.ImageTimings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One finished image.
 *
 * @param id its name in the run
 * @param masksId id of the request's first image, after which its mask files are named
 * @param request what was asked for
 * @param settings what the server used
 * @param seed unsigned; makes this image alone
 * @param width pixels
 * @param height pixels
 * @param png the image as a PNG file
 * @param timings where the time went; differs between runs
 * @param warnings what the server says of its request, a sentence each
 * @param choice among which candidates it was chosen; null: it is the only one that was drawn
 */
public record MadeImage(
    String id,
    String masksId,
    GenerationSpec request,
    EffectiveSettings settings,
    long seed,
    int width,
    int height,
    ByteString png,
    ImageTimings timings,
    List<String> warnings,
    @Nullable Choice choice) {
  /** Refuses nulls with {@link NullPointerException}; copies the warnings. */
  public MadeImage {
    requireNonNull(id, "id");
    requireNonNull(masksId, "masksId");
    requireNonNull(request, "request");
    requireNonNull(settings, "settings");
    requireNonNull(png, "png");
    requireNonNull(timings, "timings");
    warnings = List.copyOf(warnings);
  }

  /** Returns the same image, chosen among candidates. */
  MadeImage chosen(Choice among) {
    return new MadeImage(
        id, masksId, request, settings, seed, width, height, png, timings, warnings, among);
  }

  /** Returns what the image was conditioned on. */
  public Mode mode() {
    return Mode.of(request);
  }

  /** Returns the image's file in the run's folder, with forward slashes. */
  public String imageFile() {
    return "images/" + id + ".png";
  }

  /** Returns the file of one of its masks in the run's folder, with forward slashes. */
  public String maskFile(String structure) {
    return "masks/" + masksId + "-" + structure + ".png";
  }
}
