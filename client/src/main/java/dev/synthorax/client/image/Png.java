package dev.synthorax.client.image;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * Reads and writes PNG. What it writes has no time and no colour profile: equal images with equal
 * texts give equal bytes.
 */
public final class Png {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};

  private Png() {}

  /** Returns {@code image} as an 8-bit grey PNG file without text. */
  public static byte[] encode(GrayImage image) {
    return encode(image, PngNotes.NONE);
  }

  /** Returns {@code image} as an 8-bit grey PNG file that says {@code text} of itself. */
  public static byte[] encode(GrayImage image, PngNotes text) {
    requireNonNull(image, "image");
    requireNonNull(text, "text");
    return GrayPngEncoder.encode(image, text);
  }

  /**
   * Reads a PNG as 8-bit grey; colour becomes luma (Rec. 601), deeper samples keep their high byte,
   * alpha is dropped.
   *
   * <p>The size is read from the header and checked before a pixel is decoded.
   *
   * @param png the whole file; borrowed
   * @param maxSidePixels the largest width and height accepted, at least 1
   * @throws IOException if the bytes are no PNG, are truncated, or a side exceeds {@code
   *     maxSidePixels}; the message is one line that says which
   */
  public static GrayImage decode(byte[] png, int maxSidePixels) throws IOException {
    requireNonNull(png, "png");
    if (!startsWithSignature(png)) {
      throw new IOException(
          "not a PNG image (expected: a file that starts with the PNG signature)");
    }
    return JdkImage.decode("png", "PNG", png, maxSidePixels);
  }

  /**
   * Returns what a PNG of Synthorax says of itself; {@link PngNotes#NONE} of any other file, whose
   * text may name a patient.
   *
   * @param file the whole file, of any kind; borrowed
   */
  public static PngNotes text(byte[] file) {
    requireNonNull(file, "file");
    if (!startsWithSignature(file)) {
      return PngNotes.NONE;
    }
    PngNotes text = PngNotesReader.read(file, SIGNATURE.length);
    return text.isSynthetic() ? text : PngNotes.NONE;
  }

  static boolean startsWithSignature(byte[] file) {
    return file.length >= SIGNATURE.length
        && Arrays.equals(file, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
  }

  /** Returns the 8 bytes every PNG file starts with. */
  static void writeSignature(ByteArrayOutputStream output) {
    output.writeBytes(SIGNATURE);
  }
}
