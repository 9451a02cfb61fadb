package dev.synthorax.client.cli.generation;

import com.google.protobuf.ByteString;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.image.file.ImageFile;
import dev.synthorax.proto.v1.StartImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a request's images start from. */
final class StartOptions {
  private static final int MAX_SIDE = 4096;
  private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
  private static final int DEPTH_AT = 24; // in the header chunk, which comes first
  private static final int COLOUR_AT = 25;

  @Option(
      names = "--init-image",
      paramLabel = "FILE",
      required = true,
      description =
          "Starts from this image instead of noise alone: grey, of the size of the images to make"
              + " (PNG, TIFF, BMP, DICOM).")
  private @Nullable Path file;

  @Option(
      names = "--strength",
      paramLabel = "S",
      description =
          "How much of --init-image is drawn anew, above 0, at most 1: the share of the steps that"
              + " is taken. Default: 0.8.")
  private @Nullable Double strength;

  @Option(
      names = "--inpaint",
      paramLabel = "MASK",
      description =
          "Draws this region of --init-image anew and keeps the rest: an image of two values, the"
              + " brighter inside.")
  private @Nullable Path region;

  /** Its message; a PNG, whatever the file is. */
  StartImage toImage() throws IOException {
    Path path = file;
    if (path == null || !Files.isRegularFile(path)) {
      throw new UsageException("--init-image: " + path + ": no such file (expected: an image)");
    }
    var image = StartImage.newBuilder();
    if (strength != null) {
      if (!(strength > 0 && strength <= 1)) { // NaN too
        String field = "start_image.strength";
        throw SynthoraxException.ofBadField(
            "INVALID_ARGUMENT", field, field + ": " + strength + " (expected: above 0, at most 1)");
      }
      image.setStrength(strength);
    }
    if (region != null) {
      image.setRedraw(ByteString.copyFrom(readRegion(region)));
    }
    try {
      byte[] bytes = ImageFile.readBytes(path, MAX_SIDE);
      byte[] png = isGreyPng(bytes) ? bytes : Png.encode(ImageFile.read(path, MAX_SIDE));
      return image.setPng(ByteString.copyFrom(png)).build();
    } catch (IOException e) {
      throw new UsageException("--init-image: " + e.getMessage());
    }
  }

  private static byte[] readRegion(Path mask) {
    if (!Files.isRegularFile(mask)) {
      throw new UsageException("--inpaint: " + mask + ": no such file (expected: an image)");
    }
    try {
      return Png.encode(ImageFile.readMask(mask, MAX_SIDE).toImage());
    } catch (IOException e) {
      throw new UsageException("--inpaint: " + e.getMessage());
    }
  }

  /** Whether the server takes the file as it is, all its 16 bits included. */
  private static boolean isGreyPng(byte[] file) {
    return file.length > COLOUR_AT
        && ByteBuffer.wrap(file).getLong() == PNG_SIGNATURE
        && file[DEPTH_AT] >= Byte.SIZE
        && file[COLOUR_AT] == 0;
  }
}
