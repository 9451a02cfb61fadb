package dev.synthorax.client.metrics;

import java.util.Arrays;

/**
 * Exact Euclidean distances on a grid to the nearest of some points, in time linear in the grid: a
 * sweep down and up the columns, then the lower envelope of parabolas in each row that is asked
 * for.
 *
 * @see <a href="https://doi.org/10.4086/toc.2012.v008a019">Felzenszwalb and Huttenlocher: Distance
 *     transforms of sampled functions, 2012</a>
 */
final class DistanceTransform {
  private static final int NONE = Integer.MAX_VALUE / 2;

  private DistanceTransform() {}

  /**
   * Returns the distance from each of {@code queries} to the nearest of {@code sites}.
   *
   * @param width points in a row of the grid
   * @param height rows of the grid
   * @param sites grid points, {@code y * width + x}, at least one
   * @param queries grid points, ascending
   */
  static double[] distances(
      int width, int height, int[] sites, int[] queries, PixelSpacing spacing) {
    int[] rows = rowsToSite(width, height, sites);
    double[] distances = new double[queries.length];
    Envelope envelope = new Envelope(width, spacing.column());
    int first = 0;
    while (first < queries.length) {
      int y = queries[first] / width;
      envelope.build(rows, y * width, spacing.row());
      int next = first;
      while (next < queries.length && queries[next] / width == y) {
        next++;
      }
      envelope.distances(queries, first, next, y * width, distances);
      first = next;
    }
    return distances;
  }

  /** Rows from each grid point to the nearest site of its column. */
  private static int[] rowsToSite(int width, int height, int[] sites) {
    int[] rows = new int[width * height];
    Arrays.fill(rows, NONE);
    for (int site : sites) {
      rows[site] = 0;
    }
    for (int i = width; i < rows.length; i++) {
      rows[i] = Math.min(rows[i], rows[i - width] + 1);
    }
    for (int i = rows.length - width - 1; i >= 0; i--) {
      rows[i] = Math.min(rows[i], rows[i + width] + 1);
    }
    return rows;
  }

  /** The lower envelope of one row's parabolas. */
  private static final class Envelope {
    private final int[] vertex;
    private final double[] height;
    private final double[] from;
    private final int width;
    private final double spacing;
    private int size;

    Envelope(int width, double spacing) {
      this.width = width;
      this.spacing = spacing;
      vertex = new int[width];
      height = new double[width];
      from = new double[width];
    }

    /** Keeps the parabolas that are lowest somewhere, and from which column on each is. */
    void build(int[] rows, int offset, double rowSpacing) {
      size = 0;
      for (int x = 0; x < width; x++) {
        if (rows[offset + x] >= NONE) {
          continue;
        }
        double rise = rowSpacing * rows[offset + x];
        double squared = rise * rise;
        double start = Double.NEGATIVE_INFINITY;
        while (size > 0) {
          start = crossing(size - 1, x, squared);
          if (start > from[size - 1]) {
            break;
          }
          size--;
          start = Double.NEGATIVE_INFINITY;
        }
        vertex[size] = x;
        height[size] = squared;
        from[size++] = start;
      }
    }

    /** Column from which the parabola at x is below the one at {@code index}. */
    private double crossing(int index, int x, double squared) {
      double unit = spacing * spacing;
      double left = vertex[index];
      return (squared - height[index] + unit * ((double) x * x - left * left))
          / (2 * unit * (x - left));
    }

    void distances(int[] queries, int first, int next, int offset, double[] distances) {
      int index = 0;
      for (int i = first; i < next; i++) {
        int x = queries[i] - offset;
        while (index + 1 < size && from[index + 1] <= x) {
          index++;
        }
        double along = spacing * (x - vertex[index]);
        distances[i] = Math.sqrt(along * along + height[index]);
      }
    }
  }
}
