package dev.synthorax.client.image.dicom;

import java.io.IOException;

/**
 * Decodes RLE: one PackBits segment for each byte of each sample, the high byte first.
 *
 * @see <a
 *     href="https://dicom.nema.org/medical/dicom/current/output/chtml/part05/chapter_G.html">PS3.5,
 *     annex G</a>
 */
final class RleFrame {
  private static final int HEADER_BYTES = 64;

  private RleFrame() {}

  /** Returns the samples, little endian, all first samples before all second ones. */
  static byte[] decode(byte[] data, PixelLayout layout) throws IOException {
    int bytes = layout.bytesPerSample();
    int segments = layout.samples() * bytes;
    if (data.length < HEADER_BYTES || int32(data, 0) != segments) {
      throw new IOException("RLE pixel data without " + segments + " segments (expected: these)");
    }
    int pixels = layout.pixels();
    byte[] result = new byte[pixels * segments];
    for (int segment = 0; segment < segments; segment++) {
      int begin = int32(data, 4 + 4 * segment);
      int end = segment + 1 < segments ? int32(data, 8 + 4 * segment) : data.length;
      if (begin < HEADER_BYTES || end < begin || end > data.length) {
        throw new IOException(
            "RLE segment "
                + (segment + 1)
                + " at bytes "
                + begin
                + ".."
                + end
                + " (expected: within "
                + data.length
                + ")");
      }
      int sample = segment / bytes;
      int significance = bytes - 1 - segment % bytes;
      unpack(data, begin, end, result, sample * pixels * bytes + significance, bytes, pixels);
    }
    return result;
  }

  private static void unpack(
      byte[] data, int begin, int end, byte[] result, int first, int stride, int count)
      throws IOException {
    int at = begin;
    int written = 0;
    while (written < count && at < end) {
      int control = data[at++];
      if (control == -128) {
        continue;
      }
      int length = Math.abs(control) + 1;
      boolean literal = control >= 0;
      if (length > count - written || at + (literal ? length : 1) > end) {
        break;
      }
      for (int i = 0; i < length; i++) {
        result[first + stride * written++] = data[literal ? at + i : at];
      }
      at += literal ? length : 1;
    }
    if (written < count) {
      throw new IOException(
          "RLE segment gives " + written + " bytes (expected: " + count + ", one a pixel)");
    }
  }

  private static int int32(byte[] data, int at) {
    return (data[at] & 0xFF)
        | (data[at + 1] & 0xFF) << 8
        | (data[at + 2] & 0xFF) << 16
        | (data[at + 3] & 0xFF) << 24;
  }
}
