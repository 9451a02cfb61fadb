package dev.synthorax.server.grpc;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.server.pictures.MaskFile;
import dev.synthorax.server.pictures.StartImage;
import dev.synthorax.server.pictures.StartImageFile;
import dev.synthorax.server.pipeline.PipelineDescription;
import org.jspecify.annotations.Nullable;

/**
 * The start image of a request: its header and strength are good, its pixels are not decoded yet.
 */
final class StartImageDraft {
  private static final double STRENGTH = 0.8;
  private static final String PNG = "start_image.png";
  private static final String REDRAW = "start_image.redraw";
  private static final String SHARE = "start_image.strength";

  private final StartImageFile file;
  private final double strength;
  private final @Nullable MaskFile redraw;

  private StartImageDraft(StartImageFile file, double strength, @Nullable MaskFile redraw) {
    this.file = file;
    this.strength = strength;
    this.redraw = redraw;
  }

  /**
   * Reads header and strength.
   *
   * @param steps inference steps of the request
   * @return null where none is given
   * @throws FieldException naming the field that cannot be taken
   */
  static @Nullable StartImageDraft read(
      GenerationSpec spec, PipelineDescription pipeline, int steps) {
    if (!spec.hasStartImage()) {
      return null;
    }
    if (!pipeline.startsFromImages()) {
      throw FieldException.invalid(
          "start_image",
          "given (expected: none; the autoencoder of this model has no encoder, it cannot read"
              + " images)");
    }
    var given = spec.getStartImage();
    double strength = given.hasStrength() ? given.getStrength() : STRENGTH;
    if (!(strength > 0 && strength <= 1)) {
      throw FieldException.invalid(SHARE, strength + " (expected: above 0, at most 1)");
    }
    if (NoiseScheduler.skipped(steps, strength) == steps) {
      throw FieldException.invalid(
          SHARE,
          "%s of %d steps leaves none (expected: at least %s, or more steps)"
              .formatted(strength, steps, 1.0 / steps));
    }
    var png = given.getPng().asReadOnlyByteBuffer();
    return new StartImageDraft(
        FieldException.at(PNG, () -> StartImageFile.of(png, pipeline.size())),
        strength,
        given.getRedraw().isEmpty()
            ? null
            : FieldException.at(
                REDRAW, () -> MaskFile.of("", given.getRedraw().asReadOnlyByteBuffer())));
  }

  /** Bytes that it takes until it is decoded. */
  long heldBytes() {
    return file.heldBytes() + (redraw == null ? 0 : redraw.fileBytes() + redraw.pixelBytes());
  }

  /**
   * Decodes.
   *
   * @throws FieldException naming the file that cannot be taken
   */
  StartImage decode() {
    StartImage image = FieldException.at(PNG, () -> file.decode(strength));
    MaskFile region = redraw;
    return region == null ? image : FieldException.at(REDRAW, () -> file.redrawing(image, region));
  }
}
