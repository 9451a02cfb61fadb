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
    return switch (Format.of(file)) {
      case PNG -> Png.decode(file, maxSidePixels);
      case JPEG -> Jpeg.decode(file, maxSidePixels);
      case TIFF -> JdkImage.decode("tiff", "TIFF", file, maxSidePixels);
      case BMP -> JdkImage.decode("bmp", "BMP", file, maxSidePixels);
      case NONE -> throw noImage();
    };
  }

  /** Decodes a file of the same formats, its samples as they are stored. */
  static RawImage decodeRaw(byte[] file, int maxSidePixels) throws IOException {
    return switch (Format.of(file)) {
      case PNG -> JdkImage.decodeRaw("png", "PNG", file, maxSidePixels);
      case JPEG -> Jpeg.decodeRaw(file, maxSidePixels);
      case TIFF -> JdkImage.decodeRaw("tiff", "TIFF", file, maxSidePixels);
      case BMP -> JdkImage.decodeRaw("bmp", "BMP", file, maxSidePixels);
      case NONE -> throw noImage();
    };
  }

  private static IOException noImage() {
    return new IOException("no image (expected: PNG, JPEG, BMP or TIFF)");
  }

  /** Returns whether a file that starts with these bytes, at least 8, is of a format read here. */
  public static boolean isImage(byte[] start) {
    requireNonNull(start, "start");
    return Format.of(start) != Format.NONE;
  }

  private enum Format {
    PNG,
    JPEG,
    TIFF,
    BMP,
    NONE;

    static Format of(byte[] start) {
      if (Png.startsWithSignature(start)) {
        return PNG;
      }
      if (JpegHeader.startsWithSignature(start)) {
        return JPEG;
      }
      if (startsWith(start, 'I', 'I', 42, 0) || startsWith(start, 'M', 'M', 0, 42)) {
        return TIFF;
      }
      return startsWith(start, 'B', 'M') ? BMP : NONE;
    }
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
