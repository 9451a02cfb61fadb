package dev.synthorax.client.image;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/** Reads images of the formats that radiographs are shared in as pictures: PNG, JPEG, BMP, TIFF. */
public final class Images {
  private static final int BMP_PIXELS_AT = 10; // where the file says at which byte its pixels start
  private static final int BMP_SIZE_AT = 14; // the second header, which starts with its size
  private static final Set<Integer> BMP_HEADER_SIZES = Set.of(12, 16, 40, 52, 56, 64, 108, 124);

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

  /**
   * Returns whether a file that starts with these bytes is of a format read here.
   *
   * @param start the first 18 bytes or more; all of a shorter file
   */
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
      return isBmp(start) ? BMP : NONE;
    }
  }

  /**
   * Two letters say little: any text may start with them. So the second header's size is looked at,
   * and that the pixels come after both.
   */
  private static boolean isBmp(byte[] start) {
    if (start.length < BMP_SIZE_AT + Integer.BYTES || !startsWith(start, 'B', 'M')) {
      return false;
    }
    ByteBuffer header = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    int size = header.getInt(BMP_SIZE_AT);
    return BMP_HEADER_SIZES.contains(size) && header.getInt(BMP_PIXELS_AT) >= BMP_SIZE_AT + size;
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
