package dev.synthorax.client.image.dicom;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.image.GrayImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A single-frame DICOM image: its header, its stored values and its 8-bit grey.
 *
 * <p>Read are files of implicit or explicit VR, little or big endian, deflated or not, with or
 * without preamble, whose pixels are uncompressed, RLE, JPEG, JPEG-LS or JPEG 2000. The 8-bit grey
 * follows the file: rescaling or modality table, then the first VOI table, else the first window
 * (linear, exact or sigmoid), then inversion of MONOCHROME1. Empty tables and windows of no width
 * count for none. Without table and window it shows the whole range of values of at most 8 bits, of
 * deeper ones the range from the image's lowest to its highest value. Colour and palettes become
 * luma.
 *
 * <p><b>Threading:</b> immutable.
 */
public final class DicomImage {
  private static final int HEADER_BYTES = 1 << 16;
  private static final int MOST_HEADER_BYTES = 1 << 24;

  private final DicomHeader header;
  private final GrayImage image;
  private final PixelLayout layout;
  private final char[] stored;

  private DicomImage(DicomHeader header, GrayImage image, PixelLayout layout, char[] stored) {
    this.header = header;
    this.image = image;
    this.layout = layout;
    this.stored = stored;
  }

  /** Returns whether a file that starts with these bytes, at least 132, looks like DICOM. */
  public static boolean isDicom(byte[] start) {
    return DicomParser.isDicom(requireNonNull(start, "start"));
  }

  /**
   * Reads a file.
   *
   * @param file the whole file; borrowed
   * @param maxSidePixels the largest width and height accepted, at least 1
   * @throws IOException if the bytes are no DICOM file, are damaged, are no single-frame image, use
   *     a coding that is not read or are too large; the message is one line
   */
  public static DicomImage decode(byte[] file, int maxSidePixels) throws IOException {
    requireNonNull(file, "file");
    if (maxSidePixels < 1) {
      throw new IllegalArgumentException("maxSidePixels: " + maxSidePixels + " (expected: >= 1)");
    }
    DicomParser.Parsed parsed = DicomParser.parse(file, maxBytes(maxSidePixels));
    DicomHeader header = DicomHeader.of(parsed);
    PixelLayout layout = PixelLayout.of(parsed.dataSet(), maxSidePixels);
    char[] stored = PixelFrame.decode(parsed.dataSet(), parsed.transferSyntax(), layout);
    byte[] pixels = new byte[stored.length];
    byte[] grey = GreyTable.of(parsed.dataSet(), layout, stored);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = grey[stored[i]];
    }
    GrayImage image = GrayImage.of(layout.columns(), layout.rows(), pixels);
    return new DicomImage(header, image, layout, stored);
  }

  /**
   * Reads what a file says of its image, and no more of the file than that.
   *
   * @return null if it holds no image, as reports and the like
   * @throws IOException if it is missing, no DICOM file or damaged; the message is one line
   */
  public static @Nullable DicomHeader readHeader(Path file) throws IOException {
    long size = Files.size(requireNonNull(file, "file"));
    for (int length = HEADER_BYTES; ; length *= 16) {
      byte[] start;
      try (InputStream in = Files.newInputStream(file)) {
        start = in.readNBytes(length);
      }
      try {
        DicomParser.Parsed parsed = DicomParser.parseHeader(start, MOST_HEADER_BYTES);
        boolean image = parsed.dataSet().element(DicomTag.ROWS) != null;
        return image ? DicomHeader.of(parsed) : null;
      } catch (IOException e) {
        if (start.length == size || length >= MOST_HEADER_BYTES) {
          throw e;
        }
      }
    }
  }

  /** Returns the most bytes that a file's attributes may take up: pixels and 16 MiB. */
  private static int maxBytes(int maxSidePixels) {
    return (int)
        Math.min(Integer.MAX_VALUE - 16, MOST_HEADER_BYTES + 3L * maxSidePixels * maxSidePixels);
  }

  /** Returns what the file says of the image. */
  public DicomHeader header() {
    return header;
  }

  /** Returns the image as it is meant to be seen, bone white. */
  public GrayImage image() {
    return image;
  }

  /**
   * Returns the values as they are stored, before any table or window, row by row; the luma of
   * colour.
   */
  public int[] storedValues() {
    int[] values = new int[stored.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = layout.value(stored[i]);
    }
    return values;
  }
}
