package dev.synthorax.client.transform;

import dev.synthorax.client.image.BinaryMask;

/** What masks are asked and how they are joined, cell by cell. */
final class Cells {
  private Cells() {}

  /** Returns the mean of the centres of the cells inside, in pixels from the top left corner. */
  static double[] centroid(BinaryMask mask) {
    long area = 0;
    long sumX = 0;
    long sumY = 0;
    for (int y = 0; y < mask.height(); y++) {
      for (int x = 0; x < mask.width(); x++) {
        if (mask.at(x, y)) {
          area++;
          sumX += x;
          sumY += y;
        }
      }
    }
    return new double[] {(double) sumX / area + 0.5, (double) sumY / area + 0.5};
  }

  static BinaryMask union(BinaryMask one, BinaryMask other) {
    byte[] cells = one.toBytes();
    byte[] more = other.toBytes();
    for (int i = 0; i < cells.length; i++) {
      cells[i] |= more[i];
    }
    return BinaryMask.of(one.width(), one.height(), cells);
  }

  /** Returns how many cells two masks share. */
  static int shared(BinaryMask one, BinaryMask other) {
    byte[] cells = one.toBytes();
    byte[] more = other.toBytes();
    int shared = 0;
    for (int i = 0; i < cells.length; i++) {
      shared += cells[i] & more[i];
    }
    return shared;
  }

  /**
   * Returns a lung after the heart beside it has moved: without the cells it takes, and with those
   * that it leaves where the row goes on as lung.
   */
  static BinaryMask giveWay(BinaryMask lung, BinaryMask before, BinaryMask after) {
    int width = lung.width();
    byte[] field = lung.toBytes();
    byte[] old = before.toBytes();
    byte[] now = after.toBytes();
    for (int y = 0; y < lung.height(); y++) {
      int row = y * width;
      for (int x = 1; x < width; x++) { // what a lung on the left of the picture gains
        if (field[row + x - 1] != 0 && old[row + x] != 0 && now[row + x] == 0) {
          field[row + x] = 1;
        }
      }
      for (int x = width - 2; x >= 0; x--) { // and one on the right
        if (field[row + x + 1] != 0 && old[row + x] != 0 && now[row + x] == 0) {
          field[row + x] = 1;
        }
      }
      for (int x = 0; x < width; x++) {
        if (now[row + x] != 0 && old[row + x] == 0) {
          field[row + x] = 0;
        }
      }
    }
    return BinaryMask.of(width, lung.height(), field);
  }
}
