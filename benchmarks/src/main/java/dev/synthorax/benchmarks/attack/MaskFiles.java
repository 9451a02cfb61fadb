package dev.synthorax.benchmarks.attack;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** Masks that cost their sender little and their reader much. */
final class MaskFiles {
  static final int MAX_SIDE = 4096;

  private static final int RGBA = 6;
  private static final int OPACITY_AT = 6; // bytes into a pixel

  private MaskFiles() {}

  /** One bit a pixel: some kilobytes at the greatest side. */
  static ByteString bits(int side) throws IOException {
    return png(side, 1, 0, (side + 7) / 8, 1);
  }

  /** Colour and opacity of 16 bits each: 8 bytes a pixel to unpack, packed a thousand to one. */
  static ByteString deepColour(int side) throws IOException {
    return png(side, 16, RGBA, side, 8);
  }

  /**
   * A white square on black, opaque where the type has opacity.
   *
   * @param units of a row: pixels, or eight pixels of a bit each
   */
  private static ByteString png(int side, int depth, int type, int units, int unitBytes)
      throws IOException {
    var packed = new ByteArrayOutputStream();
    var deflater = new Deflater(Deflater.BEST_COMPRESSION);
    try (var rows = new DeflaterOutputStream(packed, deflater)) {
      byte[] row = new byte[units * unitBytes];
      for (int y = 0; y < side; y++) {
        boolean inside = y > side / 4 && y < side * 3 / 4;
        for (int x = 0; x < row.length; x++) {
          int unit = x / unitBytes;
          boolean white = inside && unit > units / 4 && unit < units * 3 / 4;
          boolean opacity = type == RGBA && x % unitBytes >= OPACITY_AT;
          row[x] = (byte) (white || opacity ? 0xFF : 0);
        }
        rows.write(0); // no filter
        rows.write(row);
      }
    } finally {
      deflater.end();
    }
    var file = new ByteArrayOutputStream();
    var out = new DataOutputStream(file);
    out.writeLong(0x89504E470D0A1A0AL);
    var header = new ByteArrayOutputStream();
    var fields = new DataOutputStream(header);
    fields.writeInt(side);
    fields.writeInt(side);
    fields.write(new byte[] {(byte) depth, (byte) type, 0, 0, 0});
    chunk(out, "IHDR", header.toByteArray());
    chunk(out, "IDAT", packed.toByteArray());
    chunk(out, "IEND", new byte[0]);
    return ByteString.copyFrom(file.toByteArray());
  }

  private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
    byte[] name = type.getBytes(US_ASCII);
    var check = new CRC32();
    check.update(name);
    check.update(data);
    out.writeInt(data.length);
    out.write(name);
    out.write(data);
    out.writeInt((int) check.getValue());
  }
}
