package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

/**
 * A bounding box of one finding, in pixels of the image as it is stored; the origin is the top left
 * corner of the top left pixel.
 *
 * @param label canonical name of the finding
 * @param x left edge
 * @param y top edge
 * @param width positive
 * @param height positive
 */
public record Box(String label, double x, double y, double width, double height) {
  /** Checks that the box has a place and a size. */
  public Box {
    requireNonNull(label, "label");
    if (!Double.isFinite(x) || !Double.isFinite(y) || !(width > 0) || !(height > 0)) {
      throw new IllegalArgumentException(
          "box: "
              + x
              + ", "
              + y
              + ", "
              + width
              + ", "
              + height
              + " (expected: x, y and a positive width and height)");
    }
  }
}
