package dev.synthorax.server.reading;

/**
 * A decoded image.
 *
 * @param rows its pixels, read as they are asked for
 */
record GreyImage(int width, int height, Rows rows) {
  /** White. */
  static final int WHITE = 255;

  /** Rows of grey levels, 0 black to {@link #WHITE}, as fine as the image has them. */
  interface Rows {
    /**
     * Reads row {@code y}.
     *
     * @param levels filled with {@code width} levels
     */
    void read(int y, double[] levels);
  }
}
