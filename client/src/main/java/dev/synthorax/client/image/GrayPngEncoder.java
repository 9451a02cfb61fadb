package dev.synthorax.client.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes 8-bit grey PNG: IHDR, texts, one IDAT, IEND, every row with the Up filter.
 *
 * @see <a href="https://www.w3.org/TR/png-3/">PNG, third edition</a>
 */
final class GrayPngEncoder {
  private static final int UP_FILTER = 2;

  private GrayPngEncoder() {}

  static byte[] encode(GrayImage image, PngNotes text) {
    int width = image.width();
    int height = image.height();
    ByteArrayOutputStream output = new ByteArrayOutputStream(width * height / 2 + 64);
    Png.writeSignature(output);
    ByteBuffer header = ByteBuffer.allocate(13);
    header.putInt(width).putInt(height);
    header.put((byte) 8).put((byte) 0).put((byte) 0).put((byte) 0).put((byte) 0);
    writeChunk(output, "IHDR", header.array());
    text.texts().forEach((keyword, words) -> writeText(output, keyword, words));
    writeChunk(output, "IDAT", deflate(filter(image.toBytes(), width, height)));
    writeChunk(output, "IEND", new byte[0]);
    return output.toByteArray();
  }

  private static void writeText(ByteArrayOutputStream output, String keyword, String text) {
    boolean latin1 = PngNotes.isLatin1(text);
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(keyword.getBytes(StandardCharsets.ISO_8859_1));
    data.write(0);
    if (!latin1) {
      data.writeBytes(new byte[4]); // not compressed, by method 0; no language; no other keyword
    }
    data.writeBytes(text.getBytes(latin1 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8));
    writeChunk(output, latin1 ? "tEXt" : "iTXt", data.toByteArray());
  }

  private static byte[] filter(byte[] pixels, int width, int height) {
    byte[] rows = new byte[height * (width + 1)];
    for (int y = 0; y < height; y++) {
      int row = y * (width + 1);
      rows[row] = UP_FILTER;
      for (int x = 0; x < width; x++) {
        int above = y == 0 ? 0 : pixels[(y - 1) * width + x];
        rows[row + 1 + x] = (byte) (pixels[y * width + x] - above);
      }
    }
    return rows;
  }

  private static byte[] deflate(byte[] data) {
    try (Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION)) {
      deflater.setInput(data);
      deflater.finish();
      ByteArrayOutputStream output = new ByteArrayOutputStream(data.length / 2 + 64);
      byte[] buffer = new byte[8192];
      while (!deflater.finished()) {
        output.write(buffer, 0, deflater.deflate(buffer));
      }
      return output.toByteArray();
    }
  }

  private static void writeChunk(ByteArrayOutputStream output, String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    output.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    output.writeBytes(name);
    output.writeBytes(data);
    output.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
