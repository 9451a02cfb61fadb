package dev.synthorax.server.review;

import dev.synthorax.server.png.PngHeader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** PNGs without what a file says beside its pixels, such as which model drew it. */
public final class PlainPng {
  private static final int SIGNATURE_BYTES = 8;
  private static final int CHUNK_FRAME = 12; // length, type, checksum
  private static final int ANCILLARY = 0x20_00_00_00; // the first letter is a small one
  private static final int TRANSPARENCY = 0x74_52_4E_53; // tRNS: belongs to the pixels

  private PlainPng() {}

  /**
   * The same pixels in a file that says nothing else.
   *
   * @param png untrusted bytes; borrowed
   * @throws dev.synthorax.engine.InferenceException {@code INVALID_ARGUMENT} if it is no PNG or not
   *     whole, {@code TOO_LARGE} if it is over 16 MiB or 4,096 pixels a side
   */
  public static byte[] of(ByteBuffer png) {
    var _ = PngHeader.read(png);
    PngHeader.requireWhole(png.slice());
    ByteBuffer bytes = png.slice();
    var plain = new ByteArrayOutputStream(bytes.remaining());
    copy(bytes, SIGNATURE_BYTES, plain);
    while (bytes.hasRemaining()) {
      int length = bytes.getInt(bytes.position()) + CHUNK_FRAME;
      int type = bytes.getInt(bytes.position() + Integer.BYTES);
      if ((type & ANCILLARY) == 0 || type == TRANSPARENCY) {
        copy(bytes, length, plain);
      } else {
        bytes.position(bytes.position() + length);
      }
      if (type == PngHeader.IEND) {
        break; // what follows the end is no part of the image
      }
    }
    return plain.toByteArray();
  }

  private static void copy(ByteBuffer from, int length, ByteArrayOutputStream to) {
    byte[] part = new byte[length];
    from.get(part);
    to.writeBytes(part);
  }
}
