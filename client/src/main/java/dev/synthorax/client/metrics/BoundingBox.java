package dev.synthorax.client.metrics;

import dev.synthorax.client.image.BinaryMask;
import org.jspecify.annotations.Nullable;

/** The smallest rectangle of pixels that holds two masks. */
record BoundingBox(int left, int top, int width, int height) {
  /** Returns the box of everything inside either mask, or null where both are empty. */
  static @Nullable BoundingBox ofUnion(BinaryMask a, BinaryMask b) {
    byte[] first = a.toBytes();
    byte[] second = b.toBytes();
    int left = Integer.MAX_VALUE;
    int right = -1;
    int top = -1;
    int bottom = -1;
    for (int y = 0; y < a.height(); y++) {
      int row = y * a.width();
      int x = 0;
      while (x < a.width() && (first[row + x] | second[row + x]) == 0) {
        x++;
      }
      if (x == a.width()) {
        continue;
      }
      left = Math.min(left, x);
      top = top < 0 ? y : top;
      bottom = y;
      x = a.width() - 1;
      while ((first[row + x] | second[row + x]) == 0) {
        x--;
      }
      right = Math.max(right, x);
    }
    return top < 0 ? null : new BoundingBox(left, top, right - left + 1, bottom - top + 1);
  }
}
