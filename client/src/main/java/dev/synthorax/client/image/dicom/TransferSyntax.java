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
  static final String DEFLATED = "1.2.840.10008.1.2.1.99";
  static final String EXPLICIT_BIG = "1.2.840.10008.1.2.2";
  static final String RLE = "1.2.840.10008.1.2.5";
  static final String JPEG_BASELINE = "1.2.840.10008.1.2.4.50";

  private static final String JPEG_EXTENDED = "1.2.840.10008.1.2.4.51";
  private static final String JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57";
  private static final String JPEG_LOSSLESS_FIRST_ORDER = "1.2.840.10008.1.2.4.70";
  private static final String JPEG_LS = "1.2.840.10008.1.2.4.80";
  private static final String JPEG_LS_NEAR = "1.2.840.10008.1.2.4.81";
  private static final String JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90";
  private static final String JPEG_2000 = "1.2.840.10008.1.2.4.91";

  private TransferSyntax() {}

  /** Returns whether pixels are not compressed by themselves. */
  static boolean isNative(String uid) {
    return switch (uid) {
      case IMPLICIT_LITTLE, EXPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG -> true;
      default -> false;
    };
  }

  static boolean isJpeg(String uid) {
    return switch (uid) {
      case JPEG_BASELINE, JPEG_EXTENDED, JPEG_LOSSLESS, JPEG_LOSSLESS_FIRST_ORDER -> true;
      default -> false;
    };
  }

  static boolean isJpegLs(String uid) {
    return uid.equals(JPEG_LS) || uid.equals(JPEG_LS_NEAR);
  }

  static boolean isJpeg2000(String uid) {
    return uid.equals(JPEG_2000_LOSSLESS) || uid.equals(JPEG_2000);
  }

  static IOException unsupported(String uid) {
    return new IOException(
        DicomTag.TRANSFER_SYNTAX_UID
            + ": "
            + uid
            + name(uid)
            + " (expected: uncompressed, deflated, RLE, JPEG, JPEG-LS or JPEG 2000; rewrite"
            + " the file, for example with gdcmconv --raw)");
  }

  private static String name(String uid) {
    if (uid.matches("1\\.2\\.840\\.10008\\.1\\.2\\.4\\.10\\d(\\.1)?")) {
      return " video";
    }
    return switch (uid) {
      case "1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.93" -> " JPEG 2000 of several components";
      case "1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.95" -> " JPIP, pixels elsewhere";
      case "1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.111", "1.2.840.10008.1.2.4.112" ->
          " JPEG XL";
      case "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.203" ->
          " high-throughput JPEG 2000";
      case "1.2.840.10008.1.2.8.1" -> " deflated frames";
      default -> "";
    };
  }
}
