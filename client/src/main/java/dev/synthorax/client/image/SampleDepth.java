package dev.synthorax.client.image;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** How deep the samples of a picture are, and whether its values make use of it. */
public final class SampleDepth {
  private static final int PNG_DEPTH_AT = 24; // after signature, chunk head, width and height
  private static final int DEEP = 16;
  private static final int CORNER = 63; // of 255: a quarter of the range

  private SampleDepth() {}

  /**
   * Returns what is odd in a 16-bit picture whose values stay in the lowest quarter of the range,
   * as 12-bit values that were never scaled do: in 8 bits it is nearly black. Null: nothing is.
   *
   * @param file the whole file; borrowed
   * @param image what was decoded from it
   */
  public static @Nullable String cornerOfRange(byte[] file, GrayImage image) {
    requireNonNull(image, "image");
    if (bits(requireNonNull(file, "file")) != DEEP) {
      return null;
    }
    int brightest = 0;
    for (byte pixel : image.toBytes()) {
      brightest = Math.max(brightest, pixel & 0xFF);
    }
    if (brightest > CORNER) {
      return null;
    }
    int used = Byte.SIZE + Integer.SIZE - Integer.numberOfLeadingZeros(brightest);
    return "16-bit image without a value above "
        + ((1 << used) - 1)
        + " of 65535: it is read as nearly black (expected: the whole range; multiply its values by "
        + (1 << (DEEP - used))
        + ")";
  }

  /** Returns the bits a sample of a PNG or TIFF, 0 of anything else. */
  private static int bits(byte[] file) {
    if (Png.startsWithSignature(file)) {
      return file.length > PNG_DEPTH_AT ? file[PNG_DEPTH_AT] : 0;
    }
    return TiffHeader.bits(file);
  }
}
