package dev.synthorax.client.transform;

import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cardiothoracic ratio from masks: the heart's greatest width (from its leftmost to its
 * rightmost cell) over the greatest width of the thorax (over all rows, from the leftmost to the
 * rightmost lung cell).
 */
public final class CardiothoracicRatio {
  /** Above this ratio a heart is enlarged on a PA film. */
  public static final double ENLARGED = 0.5;

  private CardiothoracicRatio() {}

  /** Returns the ratio, or null where there is no heart or no lung. */
  public static @Nullable Double of(Map<Structure, BinaryMask> masks) {
    BinaryMask heart = masks.get(Structure.HEART);
    if (heart == null || heart.area() == 0) {
      return null;
    }
    int thorax = 0;
    for (int y = 0; y < heart.height(); y++) {
      int first = Integer.MAX_VALUE;
      int last = -1;
      for (Structure structure : Hemithoraces.LUNG_MASKS) {
        BinaryMask lung = masks.get(structure);
        if (lung != null) {
          first = Math.min(first, firstInRow(lung, y));
          last = Math.max(last, lastInRow(lung, y));
        }
      }
      thorax = Math.max(thorax, last - first + 1);
    }
    if (thorax <= 0) {
      return null;
    }
    int left = Integer.MAX_VALUE;
    int right = -1;
    for (int y = 0; y < heart.height(); y++) {
      left = Math.min(left, firstInRow(heart, y));
      right = Math.max(right, lastInRow(heart, y));
    }
    return (double) (right - left + 1) / thorax;
  }

  private static int firstInRow(BinaryMask mask, int y) {
    for (int x = 0; x < mask.width(); x++) {
      if (mask.at(x, y)) {
        return x;
      }
    }
    return Integer.MAX_VALUE;
  }

  private static int lastInRow(BinaryMask mask, int y) {
    for (int x = mask.width() - 1; x >= 0; x--) {
      if (mask.at(x, y)) {
        return x;
      }
    }
    return -1;
  }
}
