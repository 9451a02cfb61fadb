package dev.synthorax.client.transform;

import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import org.jspecify.annotations.Nullable;

/**
 * For each pixel of a picture, the point of the old picture that comes there. What comes from
 * beyond the frame is black, and outside of every mask.
 */
final class Warp {
  private final int width;
  private final int height;
  private final double[] fromX; // pixel centres at integers
  private final double[] fromY;

  private Warp(int width, int height, double[] fromX, double[] fromY) {
    this.width = width;
    this.height = height;
    this.fromX = fromX;
    this.fromY = fromY;
  }

  /** A part of the plane, in pixels of the new picture. */
  private record Window(int left, int top, int width, int height) {}

  /** Returns the warp that displaces by {@code elastic}, then maps by {@code matrix}. */
  static Warp of(int width, int height, Affine.Matrix matrix, @Nullable ElasticField elastic) {
    ElasticField.Lattice lattice = elastic == null ? null : elastic.over(width, height);
    return of(new Window(0, 0, width, height), matrix, lattice);
  }

  private static Warp of(
      Window window, Affine.Matrix matrix, ElasticField.@Nullable Lattice lattice) {
    double[] inverse = matrix.inverse();
    int width = window.width;
    int height = window.height;
    double[] fromX = new double[width * height];
    double[] fromY = new double[width * height];
    double[] point = new double[2];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double px = window.left + x + 0.5;
        double py = window.top + y + 0.5;
        point[0] = inverse[0] * px + inverse[1] * py + inverse[2];
        point[1] = inverse[3] * px + inverse[4] * py + inverse[5];
        if (lattice != null) {
          lattice.displace(point);
        }
        fromX[y * width + x] = point[0] - 0.5;
        fromY[y * width + x] = point[1] - 0.5;
      }
    }
    return new Warp(width, height, fromX, fromY);
  }

  /**
   * Returns the share of {@code mask} that the warp carries beyond the frame; 0 for an empty mask.
   */
  static double lost(BinaryMask mask, Affine.Matrix matrix, @Nullable ElasticField elastic) {
    int width = mask.width();
    int height = mask.height();
    Window around =
        new Window(-width / 2, -height / 2, width + 2 * (width / 2), height + 2 * (height / 2));
    Warp wide = of(around, matrix, elastic == null ? null : elastic.over(width, height));
    byte[] all = wide.cells(mask);
    long total = 0;
    long inside = 0;
    for (int y = 0; y < wide.height; y++) {
      for (int x = 0; x < wide.width; x++) {
        if (all[y * wide.width + x] != 0) {
          total++;
          int imageX = x + around.left;
          int imageY = y + around.top;
          if (imageX >= 0 && imageX < width && imageY >= 0 && imageY < height) {
            inside++;
          }
        }
      }
    }
    return total == 0 ? (mask.area() == 0 ? 0 : 1) : (double) (total - inside) / total;
  }

  /** Returns the mask, inside where at least half of the bilinear mean of four cells is. */
  BinaryMask apply(BinaryMask mask) {
    return BinaryMask.of(width, height, cells(mask));
  }

  private byte[] cells(BinaryMask mask) {
    byte[] source = mask.toBytes();
    byte[] cells = new byte[fromX.length];
    for (int i = 0; i < cells.length; i++) {
      cells[i] =
          (byte) (bilinear(source, mask.width(), mask.height(), fromX[i], fromY[i]) >= 0.5 ? 1 : 0);
    }
    return cells;
  }

  /** Returns the image's grey values, bilinear, 0 to 255. */
  double[] apply(GrayImage image) {
    byte[] source = image.toBytes();
    double[] values = new double[fromX.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = bilinear(source, image.width(), image.height(), fromX[i], fromY[i]);
    }
    return values;
  }

  private static double bilinear(byte[] source, int width, int height, double x, double y) {
    if (!(x > -1 && x < width && y > -1 && y < height)) {
      return 0;
    }
    int left = (int) (x + 1) - 1; // the floor: x is above -1
    int top = (int) (y + 1) - 1;
    double right = x - left;
    double below = y - top;
    return (cell(source, width, height, left, top) * (1 - right)
                + cell(source, width, height, left + 1, top) * right)
            * (1 - below)
        + (cell(source, width, height, left, top + 1) * (1 - right)
                + cell(source, width, height, left + 1, top + 1) * right)
            * below;
  }

  private static int cell(byte[] source, int width, int height, int x, int y) {
    return x < 0 || x >= width || y < 0 || y >= height ? 0 : source[y * width + x] & 0xFF;
  }
}
