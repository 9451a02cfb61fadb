package dev.synthorax.client.image;

import java.io.IOException;

/**
 * The frame header of a JPEG file.
 *
 * @param process the code of its start-of-frame marker, {@code 0xC0} baseline
 * @param precision bits a sample
 * @param components samples a pixel
 * @param colour what the markers before it say of three components
 * @see <a href="https://www.w3.org/Graphics/JPEG/itu-t81.pdf">ITU-T T.81, B.2.2 and table B.1</a>
 */
record JpegHeader(
    int process, int precision, int width, int height, int components, Jpeg.Colour colour) {
  private static final int BASELINE = 0xC0;
  private static final int EXTENDED = 0xC1;
  private static final int PROGRESSIVE = 0xC2;
  private static final int LOSSLESS = 0xC3;

  static boolean startsWithSignature(byte[] file) {
    return file.length >= 3
        && file[0] == (byte) 0xFF
        && file[1] == (byte) 0xD8
        && file[2] == (byte) 0xFF;
  }

  /** Reads the segments up to the frame header, and looks for the end of the image behind it. */
  static JpegHeader of(byte[] jpeg) throws IOException {
    if (!startsWithSignature(jpeg)) {
      throw new IOException("not a JPEG image (expected: a file that starts with FF D8 FF)");
    }
    Jpeg.Colour colour = Jpeg.Colour.UNKNOWN;
    int at = 2;
    while (at + 4 <= jpeg.length) {
      int marker = jpeg[at + 1] & 0xFF;
      if (jpeg[at] != (byte) 0xFF) {
        break;
      }
      if (marker == 0xFF) { // fill byte
        at++;
        continue;
      }
      int length = unsigned16(jpeg, at + 2);
      boolean frame =
          marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
      if (frame && length >= 8 && at + 10 <= jpeg.length) {
        JpegHeader header =
            new JpegHeader(
                marker,
                jpeg[at + 4] & 0xFF,
                unsigned16(jpeg, at + 7),
                unsigned16(jpeg, at + 5),
                jpeg[at + 9] & 0xFF,
                namedRgb(jpeg, at + 10) ? Jpeg.Colour.RGB : colour);
        if (header.width > 0 && header.height > 0 && hasEnd(jpeg, at)) {
          return header;
        }
      }
      if (frame || length < 2) {
        break;
      }
      if (startsWith(jpeg, at + 4, "JFIF") || adobeTransform(jpeg, at, length)) {
        colour = Jpeg.Colour.LUMA_CHROMA;
      }
      at += 2 + length;
    }
    throw new IOException(
        "JPEG image is damaged or truncated (expected: a frame header and an end)");
  }

  private static boolean adobeTransform(byte[] jpeg, int at, int length) {
    return length >= 14
        && startsWith(jpeg, at + 4, "Adobe")
        && at + 15 < jpeg.length
        && jpeg[at + 15] == 1;
  }

  /** Returns whether three components are called R, G, B or r, g, b. */
  private static boolean namedRgb(byte[] jpeg, int components) {
    if (components + 7 > jpeg.length || jpeg[components - 1] != 3) {
      return false;
    }
    String names =
        "" + (char) jpeg[components] + (char) jpeg[components + 3] + (char) jpeg[components + 6];
    return names.equalsIgnoreCase("RGB");
  }

  private static boolean startsWith(byte[] jpeg, int at, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (at + i >= jpeg.length || jpeg[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Libjpeg would make up what is missing at the end. */
  private static boolean hasEnd(byte[] jpeg, int frame) {
    for (int i = jpeg.length - 2; i > frame; i--) {
      if (jpeg[i] == (byte) 0xFF && jpeg[i + 1] == (byte) 0xD9) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether samples are coded by a cosine transform of 8-bit samples. */
  boolean isEightBitDct() {
    return (process == BASELINE || process == EXTENDED || process == PROGRESSIVE) && precision == 8;
  }

  /** Returns whether samples are grey of 12 bits, coded by a cosine transform in one scan. */
  boolean isTwelveBitDct() {
    return process == EXTENDED && precision == 12 && components == 1;
  }

  boolean isLossless() {
    return process == LOSSLESS && precision >= 2 && precision <= 16;
  }

  /** Refuses arithmetic coding, hierarchical coding and cosine transforms of other depths. */
  void requireSupported() throws IOException {
    if (!isEightBitDct() && !isTwelveBitDct() && !isLossless()) {
      throw new IOException(
          "JPEG of process SOF"
              + (process - BASELINE)
              + " with "
              + precision
              + "-bit samples (expected: baseline, extended or progressive of 8 bits, grey extended"
              + " of 12 bits, lossless)");
    }
  }

  private static int unsigned16(byte[] bytes, int at) {
    return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
  }
}
