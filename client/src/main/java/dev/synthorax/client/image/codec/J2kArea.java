package dev.synthorax.client.image.codec;

/** The points {@code x0..x1 - 1} by {@code y0..y1 - 1} of a grid; empty ones have no width. */
record J2kArea(int x0, int y0, int x1, int y1) {
  int width() {
    return x1 - x0;
  }

  int height() {
    return y1 - y0;
  }

  boolean isEmpty() {
    return x1 <= x0 || y1 <= y0;
  }

  /** Returns this area after {@code levels} decompositions, low-pass in both directions. */
  J2kArea low(int levels) {
    return band(levels, 0);
  }

  /**
   * Returns a subband, equation B-15.
   *
   * @param level of decomposition, 0 for the area itself
   * @param orientation 0 LL, 1 HL, 2 LH, 3 HH
   */
  J2kArea band(int level, int orientation) {
    return new J2kArea(
        reduced(x0, level, orientation & 1),
        reduced(y0, level, orientation >> 1),
        reduced(x1, level, orientation & 1),
        reduced(y1, level, orientation >> 1));
  }

  private static int reduced(int position, int level, int high) {
    long shift = high == 0 ? 0 : 1L << (level - 1);
    return (int) Math.ceilDiv(position - shift, 1L << level);
  }

  J2kArea intersection(long left, long top, long right, long bottom) {
    return new J2kArea(
        (int) Math.max(x0, left),
        (int) Math.max(y0, top),
        (int) Math.min(x1, right),
        (int) Math.min(y1, bottom));
  }
}
