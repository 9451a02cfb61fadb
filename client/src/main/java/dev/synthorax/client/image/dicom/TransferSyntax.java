package dev.synthorax.client.image.dicom;

import java.io.IOException;

/**
 * How a file's attributes and pixels are coded.
 *
 * @see <a
 *     href="https://dicom.nema.org/medical/dicom/current/output/chtml/part06/chapter_A.html">PS3.6,
 *     annex A</a>
 */
final class TransferSyntax {
  static final String IMPLICIT_LITTLE = "1.2.840.10008.1.2";
  static final String EXPLICIT_LITTLE = "1.2.840.10008.1.2.1";
  static final String RLE = "1.2.840.10008.1.2.5";
  static final String JPEG_BASELINE = "1.2.840.10008.1.2.4.50";

  private static final String JPEG_EXTENDED = "1.2.840.10008.1.2.4.51";
  private static final String JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57";
  private static final String JPEG_LOSSLESS_FIRST_ORDER = "1.2.840.10008.1.2.4.70";
  private static final String DEFLATED = "1.2.840.10008.1.2.1.99";
  private static final String BIG_ENDIAN = "1.2.840.10008.1.2.2";
  private static final String ADVICE =
      " (expected: little endian, RLE, JPEG baseline or lossless; rewrite the file, for example"
          + " with gdcmconv --raw)";

  private TransferSyntax() {}

  /** Refuses files whose attributes cannot be read. */
  static void requireLittleEndian(String uid) throws IOException {
    if (uid.equals(DEFLATED) || uid.equals(BIG_ENDIAN)) {
      throw unsupported(uid);
    }
  }

  static boolean isNative(String uid) {
    return uid.equals(IMPLICIT_LITTLE) || uid.equals(EXPLICIT_LITTLE);
  }

  static boolean isJpeg(String uid) {
    return switch (uid) {
      case JPEG_BASELINE, JPEG_EXTENDED, JPEG_LOSSLESS, JPEG_LOSSLESS_FIRST_ORDER -> true;
      default -> false;
    };
  }

  static IOException unsupported(String uid) {
    String name =
        switch (uid) {
          case DEFLATED -> " deflated";
          case BIG_ENDIAN -> " big endian";
          case "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81" -> " JPEG-LS";
          case "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91" -> " JPEG 2000";
          default -> "";
        };
    return new IOException(DicomTag.TRANSFER_SYNTAX_UID + ": " + uid + name + ADVICE);
  }
}
