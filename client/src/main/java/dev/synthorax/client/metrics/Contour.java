package dev.synthorax.client.metrics;

import dev.synthorax.client.image.BinaryMask;
import java.util.Arrays;

/**
 * Where a mask's contour is, on a grid over the part of the image that the masks of interest fill.
 *
 * <p>A grid point is a pixel, or under {@link SurfaceConvention#SURFACE_ELEMENTS} the corner where
 * four pixels meet, with the length of the contour that passes it.
 */
final class Contour {
  private final int[] points;
  private final double[] lengths;

  private Contour(int[] points, double[] lengths) {
    this.points = points;
    this.lengths = lengths;
  }

  /** Grid points on the contour, {@code y * grid width + x}, ascending. */
  int[] points() {
    return points;
  }

  /** How much each point counts. */
  double[] lengths() {
    return lengths;
  }

  /**
   * Finds the contour.
   *
   * @param box part of the image that holds the whole mask
   */
  static Contour of(
      BinaryMask mask, BoundingBox box, SurfaceConvention convention, PixelSpacing spacing) {
    byte[] padded = padded(mask, box);
    int stride = box.width() + 2;
    return switch (convention) {
      case SURFACE_ELEMENTS -> elements(padded, stride, lengths(spacing));
      case EDGE_PIXELS -> edges(padded, stride);
    };
  }

  /** The cells of the box with a margin of one outside cell all around. */
  private static byte[] padded(BinaryMask mask, BoundingBox box) {
    int stride = box.width() + 2;
    byte[] cells = mask.toBytes();
    byte[] padded = new byte[stride * (box.height() + 2)];
    for (int y = 0; y < box.height(); y++) {
      System.arraycopy(
          cells,
          (box.top() + y) * mask.width() + box.left(),
          padded,
          (y + 1) * stride + 1,
          box.width());
    }
    return padded;
  }

  /** Contour length at a corner by which of its four pixels are inside, row by row as 4 bits. */
  private static double[] lengths(PixelSpacing spacing) {
    double diagonal =
        0.5 * Math.sqrt(spacing.row() * spacing.row() + spacing.column() * spacing.column());
    double[] lengths = new double[16];
    for (int code = 1; code < 15; code++) {
      lengths[code] =
          switch (code) {
            case 0b0011, 0b1100 -> spacing.column();
            case 0b0101, 0b1010 -> spacing.row();
            case 0b0110, 0b1001 -> 2 * diagonal;
            default -> diagonal;
          };
    }
    return lengths;
  }

  private static Contour elements(byte[] padded, int stride, double[] lengths) {
    Builder builder = new Builder();
    int rows = padded.length / stride - 1;
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < stride - 1; x++) {
        int at = y * stride + x;
        int code =
            padded[at] << 3
                | padded[at + 1] << 2
                | padded[at + stride] << 1
                | padded[at + stride + 1];
        if (code != 0 && code != 15) {
          builder.add(y * (stride - 1) + x, lengths[code]);
        }
      }
    }
    return builder.build();
  }

  private static Contour edges(byte[] padded, int stride) {
    Builder builder = new Builder();
    int rows = padded.length / stride - 1;
    for (int y = 1; y < rows; y++) {
      for (int x = 1; x < stride - 1; x++) {
        int at = y * stride + x;
        int around = padded[at - 1] & padded[at + 1] & padded[at - stride] & padded[at + stride];
        if (padded[at] > around) {
          builder.add((y - 1) * (stride - 1) + x - 1, 1);
        }
      }
    }
    return builder.build();
  }

  private static final class Builder {
    private int[] points = new int[1024];
    private double[] lengths = new double[1024];
    private int size;

    void add(int point, double length) {
      if (size == points.length) {
        points = Arrays.copyOf(points, 2 * size);
        lengths = Arrays.copyOf(lengths, 2 * size);
      }
      points[size] = point;
      lengths[size++] = length;
    }

    Contour build() {
      return new Contour(Arrays.copyOf(points, size), Arrays.copyOf(lengths, size));
    }
  }
}
