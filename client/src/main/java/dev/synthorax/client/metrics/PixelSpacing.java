package dev.synthorax.client.metrics;

/**
 * Distance between the centres of neighbouring pixels, in millimetres (or any unit: distances come
 * out in it).
 *
 * @param row from one row to the next, above 0
 * @param column from one column to the next, above 0
 */
public record PixelSpacing(double row, double column) {
  /** Distances in pixels. */
  public static final PixelSpacing PIXELS = new PixelSpacing(1, 1);

  /** Checks the sizes. */
  public PixelSpacing {
    if (!(row > 0 && column > 0 && row + column < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "spacing: " + row + "," + column + " (expected: two numbers above 0, such as 0.7,0.7)");
    }
  }
}
