package dev.synthorax.client.image.file;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Images;
import dev.synthorax.client.image.MaskImage;
import dev.synthorax.client.image.dicom.DicomImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads image files. */
public final class ImageFile {
  private static final long HEADER_BYTES = 16L << 20;
  private static final int START_BYTES = 256; // a DICOM preamble and more
  private static final long BYTES_A_PIXEL = 8; // 16 bits of each of red, green, blue and alpha

  private ImageFile() {}

  /**
   * Reads a PNG, JPEG, BMP, TIFF or DICOM file as 8-bit grey; the content says which it is, not the
   * name.
   *
   * @param file the file
   * @param maxSidePixels the largest width and height accepted, at least 1
   * @throws IOException if the file is missing, damaged, of another format or too large; the
   *     message is one line that starts with the file
   */
  public static GrayImage read(Path file, int maxSidePixels) throws IOException {
    return decode(
        file,
        maxSidePixels,
        bytes -> DicomImage.decode(bytes, maxSidePixels).image(),
        bytes -> Images.decode(bytes, maxSidePixels));
  }

  /**
   * Reads a mask from a file of the same formats, by the rule of {@link MaskImage}.
   *
   * @param file the file
   * @param maxSidePixels the largest width and height accepted, at least 1
   * @throws IOException as {@link #read} does, or if its values do not tell inside from outside
   */
  public static BinaryMask readMask(Path file, int maxSidePixels) throws IOException {
    return decode(
        file,
        maxSidePixels,
        bytes -> MaskImage.of(DicomImage.decode(bytes, maxSidePixels).image()),
        bytes -> MaskImage.decode(bytes, maxSidePixels));
  }

  private interface Decoding<T> {
    T decode(byte[] bytes) throws IOException;
  }

  private static <T> T decode(Path file, int maxSidePixels, Decoding<T> dicom, Decoding<T> picture)
      throws IOException {
    byte[] bytes = readBytes(file, maxSidePixels);
    try {
      if (DicomImage.isDicom(bytes)) {
        return dicom.decode(bytes);
      }
      if (!Images.isImage(bytes)) {
        throw new IOException("no image (expected: PNG, JPEG, BMP, TIFF or DICOM)");
      }
      return picture.decode(bytes);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns whether a file is of a format that {@link #read} reads, by its first bytes.
   *
   * @throws IOException if the file cannot be read
   */
  public static boolean isImage(Path file) throws IOException {
    requireNonNull(file, "file");
    if (!Files.isRegularFile(file)) {
      return false;
    }
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(START_BYTES);
    }
    return start.length >= 8 && (DicomImage.isDicom(start) || Images.isImage(start));
  }

  /**
   * Reads a file that is no larger than an image of {@code maxSidePixels} may be.
   *
   * @throws IOException if the file is missing, no file or larger; the message is one line that
   *     starts with the file
   */
  public static byte[] readBytes(Path file, int maxSidePixels) throws IOException {
    requireNonNull(file, "file");
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + ": no such file (expected: an image)");
    }
    long limit = HEADER_BYTES + BYTES_A_PIXEL * maxSidePixels * maxSidePixels;
    long size = Files.size(file);
    if (size > Math.min(limit, Integer.MAX_VALUE - 16)) {
      throw new IOException(
          file
              + ": "
              + size
              + " bytes (expected: an image of at most "
              + maxSidePixels
              + " pixels a side)");
    }
    return Files.readAllBytes(file);
  }
}
