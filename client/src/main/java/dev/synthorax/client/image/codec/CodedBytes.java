package dev.synthorax.client.image.codec;

import java.io.IOException;

/** The bytes of a coded image, read one number after the other; never beyond their end. */
final class CodedBytes {
  private final String coding;
  private final byte[] bytes;
  private int at;
  private final int end;

  /**
   * Starts at a byte.
   *
   * @param coding for messages: {@code JPEG-LS}
   * @param bytes borrowed
   * @param end the first byte that is not read
   */
  CodedBytes(String coding, byte[] bytes, int at, int end) {
    this.coding = coding;
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  CodedBytes(String coding, byte[] bytes) {
    this(coding, bytes, 0, bytes.length);
  }

  byte[] bytes() {
    return bytes;
  }

  int at() {
    return at;
  }

  int end() {
    return end;
  }

  int left() {
    return end - at;
  }

  void seek(int offset) throws IOException {
    if (offset < 0 || offset > end) {
      throw damaged("a part at byte " + offset, "within " + end);
    }
    at = offset;
  }

  int unsigned8() throws IOException {
    if (at >= end) {
      throw damaged("cut at byte " + at, "more");
    }
    return bytes[at++] & 0xFF;
  }

  int unsigned16() throws IOException {
    return unsigned8() << 8 | unsigned8();
  }

  /** Returns a number of 32 bits that has to be positive or 0. */
  int positive32() throws IOException {
    int value = unsigned16() << 16 | unsigned16();
    if (value < 0) {
      throw damaged("number " + Integer.toUnsignedString(value), "less than 2^31");
    }
    return value;
  }

  /** Returns the bytes of a segment that starts with its length, and moves behind it. */
  CodedBytes segment() throws IOException {
    int begin = at;
    int length = unsigned16();
    if (length < 2 || length > end - begin) {
      throw damaged("segment of " + length + " bytes", "2 to " + (end - begin) + ", what is left");
    }
    CodedBytes segment = new CodedBytes(coding, bytes, at, begin + length);
    at = begin + length;
    return segment;
  }

  IOException damaged(String what, String expected) {
    return new IOException(
        coding + " image is damaged or truncated: " + what + " (expected: " + expected + ")");
  }

  IOException unsupported(String what, String expected) {
    return new IOException(coding + " image: " + what + " (expected: " + expected + ")");
  }

  /** Refuses an image that is larger than it may be. */
  void requireSides(int width, int height, int maxSidePixels) throws IOException {
    if (width < 1 || height < 1 || width > maxSidePixels || height > maxSidePixels) {
      throw unsupported(width + " x " + height + " pixels", "1 to " + maxSidePixels + " a side");
    }
  }
}
