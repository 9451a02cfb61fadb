package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

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

  /**
   * Returns what is wrong with the place of this box in an image of {@code imageWidth} x {@code
   * imageHeight} pixels, or null where it lies within; a box may reach one pixel over an edge, as
   * rounded ones do.
   */
  public @Nullable String beyond(int imageWidth, int imageHeight) {
    if (x < -1 || y < -1) {
      return String.format(
          Locale.ROOT,
          "box of %s starts at %s, %s (expected: 0 or more)",
          label,
          number(x),
          number(y));
    }
    if (x + width > imageWidth + 1.0 || y + height > imageHeight + 1.0) {
      return String.format(
          Locale.ROOT,
          "box of %s ends at %s x %s in an image of %d x %d (expected: within; was the image"
              + " resized and the box not?)",
          label,
          number(x + width),
          number(y + height),
          imageWidth,
          imageHeight);
    }
    return null;
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }
}
