package dev.synthorax.client.metrics;

import dev.synthorax.client.image.GrayImage;

/** The test pictures of golden/metrics/make_golden.py, by integer arithmetic alone. */
final class GoldenPictures {
  private GoldenPictures() {}

  static GrayImage of(int kind, int side) {
    byte[] pixels = new byte[side * side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        pixels[y * side + x] = (byte) value(kind, side, x, y);
      }
    }
    return GrayImage.of(side, side, pixels);
  }

  private static long value(int kind, int side, long x, long y) {
    long fromX = x - side / 2;
    long fromY = y - side / 3;
    return switch (kind) {
      case 0 -> x * 255 / (side - 1);
      case 1 -> (x * x + 3 * y * y) / 97 % 256;
      case 2 -> fromX * fromX + fromY * fromY < (long) (side / 4) * (side / 4) ? 200 : 40;
      case 3 -> (x * 7919 + y * 104729 + x * y * 31) % 251;
      default -> 77;
    };
  }

  /** Three parts of one picture and one of another. */
  static GrayImage mixed(GrayImage three, GrayImage one) {
    byte[] pixels = new byte[three.width() * three.height()];
    for (int y = 0; y < three.height(); y++) {
      for (int x = 0; x < three.width(); x++) {
        pixels[y * three.width() + x] = (byte) ((3 * three.at(x, y) + one.at(x, y)) / 4);
      }
    }
    return GrayImage.of(three.width(), three.height(), pixels);
  }
}
