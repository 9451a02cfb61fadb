package dev.synthorax.client.image.codec;

/** Bits that are not coded, D.6: after a byte FF the next one has only seven; ones at the end. */
final class RawBits {
  private byte[] bytes = new byte[0];
  private int at;
  private int current;
  private int left;

  void start(byte[] source) {
    bytes = source;
    at = 0;
    current = 0;
    left = 0;
  }

  int bit() {
    if (left == 0) {
      left = current == 0xFF ? 7 : 8;
      current = at < bytes.length ? bytes[at++] & 0xFF : 0xFF;
    }
    left--;
    return current >> left & 1;
  }
}
