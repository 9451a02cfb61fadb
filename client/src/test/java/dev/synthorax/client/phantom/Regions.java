package dev.synthorax.client.phantom;

import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;

/** Grey statistics over parts of an image. */
final class Regions {
  private Regions() {}

  static double mean(GrayImage image, BinaryMask mask) {
    return mean(image, mask, 0, image.width(), 0, image.height());
  }

  /** Mean grey of the masked pixels in a box of columns and rows. */
  static double mean(GrayImage image, BinaryMask mask, int left, int right, int top, int bottom) {
    double sum = 0;
    int count = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        if (mask.at(x, y)) {
          sum += image.at(x, y);
          count++;
        }
      }
    }
    if (count == 0) {
      throw new AssertionError("the mask is empty in this box");
    }
    return sum / count;
  }
}
