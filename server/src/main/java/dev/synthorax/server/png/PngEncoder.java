package dev.synthorax.server.png;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes grey PNGs, always the same bytes for the same samples: texts first, Paeth filter on every
 * line, one IDAT.
 *
 * @see <a href="https://www.w3.org/TR/png-3/">PNG specification</a>
 */
public final class PngEncoder {
  private static final long SIGNATURE = 0x89504E470D0A1A0AL;
  private static final byte PAETH = 4;
  private static final int LEVEL = 6;

  private PngEncoder() {}

  /**
   * A PNG of unsigned samples.
   *
   * @param samples row-major, {@code bitDepth / 8} big-endian bytes each; of one bit each row is
   *     whole bytes, its first pixel in the highest bit
   * @param bitDepth 1, 8 or 16
   */
  public static byte[] encode(byte[] samples, int width, int height, int bitDepth, PngText text) {
    var header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put((byte) bitDepth).put((byte) 0).put((byte) 0).put((byte) 0).put((byte) 0);
    var out = new ByteArrayOutputStream(samples.length / 2 + 64);
    out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(SIGNATURE).array());
    chunk(out, "IHDR", header.array());
    text.texts()
        .forEach(
            (keyword, words) ->
                chunk(out, PngText.chunkType(words), PngText.chunkData(keyword, words)));
    int stride = (width * bitDepth + 7) / 8;
    chunk(out, "IDAT", deflate(filter(samples, stride, height, Math.max(1, bitDepth / 8))));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  /** Most bytes of a PNG, its texts not counted: deflate never adds more than a little. */
  public static long maxBytes(int width, int height, int bitDepth) {
    long raw = (((long) width * bitDepth + 7) / 8 + 1) * height;
    return raw + raw / 64 + 128;
  }

  private static byte[] filter(byte[] samples, int stride, int height, int pixelBytes) {
    byte[] filtered = new byte[(stride + 1) * height];
    for (int y = 0; y < height; y++) {
      int target = y * (stride + 1);
      filtered[target++] = PAETH;
      for (int x = 0; x < stride; x++) {
        int at = y * stride + x;
        int left = x < pixelBytes ? 0 : samples[at - pixelBytes] & 0xFF;
        int up = y == 0 ? 0 : samples[at - stride] & 0xFF;
        int upLeft = x < pixelBytes || y == 0 ? 0 : samples[at - stride - pixelBytes] & 0xFF;
        filtered[target++] = (byte) (samples[at] - paeth(left, up, upLeft));
      }
    }
    return filtered;
  }

  private static int paeth(int left, int up, int upLeft) {
    int estimate = left + up - upLeft;
    int toLeft = Math.abs(estimate - left);
    int toUp = Math.abs(estimate - up);
    int toUpLeft = Math.abs(estimate - upLeft);
    if (toLeft <= toUp && toLeft <= toUpLeft) {
      return left;
    }
    return toUp <= toUpLeft ? up : upLeft;
  }

  private static byte[] deflate(byte[] data) {
    try (var deflater = new Deflater(LEVEL)) {
      deflater.setInput(data);
      deflater.finish();
      var out = new ByteArrayOutputStream(data.length / 2 + 64);
      byte[] buffer = new byte[8192];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    }
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    var crc = new CRC32();
    crc.update(name);
    crc.update(data);
    out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    out.writeBytes(name);
    out.writeBytes(data);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
