package dev.synthorax.client.image;

import static java.util.Objects.requireNonNull;

import java.io.IOException;

/** Reads images of the formats that radiographs are shared in as pictures: PNG, JPEG, BMP, TIFF. */
public final class Images {
  private Images() {}

  /**
   * Reads an image as 8-bit grey, whatever its file is called: the first bytes say what it is.
   *
   * <p>Colour becomes luma (Rec. 601), deeper samples keep their high byte, alpha is dropped. The
   * size is checked before a pixel is decoded. Of a TIFF with several pages the first is read.
   *
   * @param file the whole file; borrowed
   * @param maxSidePixels the largest width and height accepted, at least 1
   * @throws IOException if the format is another one, the image is damaged or a side exceeds {@code
   *     maxSidePixels}; the message is one line
   */
  public static GrayImage decode(byte[] file, int maxSidePixels) throws IOException {
    requireNonNull(file, "file");
    if (Png.startsWithSignature(file)) {
      return Png.decode(file, maxSidePixels);
    }
    if (JpegHeader.startsWithSignature(file)) {
      return Jpeg.decode(file, maxSidePixels);
    }
    if (isTiff(file)) {
      return JdkImage.decode("tiff", "TIFF", file, maxSidePixels);
    }
    if (isBmp(file)) {
      return JdkImage.decode("bmp", "BMP", file, maxSidePixels);
    }
    throw new IOException("no image (expected: PNG, JPEG, BMP or TIFF)");
  }

  /** Returns whether a file that starts with these bytes, at least 8, is of a format read here. */
  public static boolean isImage(byte[] start) {
    requireNonNull(start, "start");
    return Png.startsWithSignature(start)
        || JpegHeader.startsWithSignature(start)
        || isTiff(start)
        || isBmp(start);
  }

  private static boolean isTiff(byte[] file) {
    return startsWith(file, 'I', 'I', 42, 0) || startsWith(file, 'M', 'M', 0, 42);
  }

  private static boolean isBmp(byte[] file) {
    return startsWith(file, 'B', 'M');
  }

  private static boolean startsWith(byte[] file, int... start) {
    if (file.length < start.length) {
      return false;
    }
    for (int i = 0; i < start.length; i++) {
      if (file[i] != start[i]) {
        return false;
      }
    }
    return true;
  }
}
