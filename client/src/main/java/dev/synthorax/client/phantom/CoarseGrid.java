package dev.synthorax.client.phantom;

/** Slowly varying fields on a small square grid: reduce, blur, sample. */
final class CoarseGrid {
  private CoarseGrid() {}

  /**
   * Area means of a {@code size x size} grid on a {@code cells x cells} grid; {@code size >=
   * cells}.
   */
  static float[] reduce(float[] source, int size, int cells) {
    double[] sums = new double[cells * cells];
    int[] counts = new int[cells * cells];
    for (int row = 0; row < size; row++) {
      int r = row * cells / size;
      for (int column = 0; column < size; column++) {
        int c = r * cells + column * cells / size;
        sums[c] += source[row * size + column];
        counts[c]++;
      }
    }
    float[] result = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      result[i] = (float) (sums[i] / counts[i]);
    }
    return result;
  }

  /** Box blurs of the given radius, repeated; edges are repeated outwards. */
  static float[] blur(float[] source, int cells, int radius, int times) {
    float[] a = source.clone();
    float[] b = new float[a.length];
    for (int pass = 0; pass < 2 * times; pass++) {
      for (int i = 0; i < cells; i++) {
        for (int k = 0; k < cells; k++) {
          double sum = 0;
          for (int d = -radius; d <= radius; d++) {
            int j = Math.max(0, Math.min(cells - 1, k + d));
            sum += a[i * cells + j];
          }
          b[k * cells + i] =
              (float) (sum / (2 * radius + 1)); // transposed: the next pass takes the columns
        }
      }
      float[] swap = a;
      a = b;
      b = swap;
    }
    return a;
  }

  /** Bilinear value at a pixel of a {@code size x size} image. */
  static double sample(float[] grid, int cells, int row, int column, int size) {
    double v = Calc.clamp((row + 0.5) * cells / size - 0.5, 0, cells - 1.0001);
    double u = Calc.clamp((column + 0.5) * cells / size - 0.5, 0, cells - 1.0001);
    int j = (int) v;
    int i = (int) u;
    double t = v - j;
    double s = u - i;
    int p = j * cells + i;
    double top = grid[p] + (grid[p + 1] - grid[p]) * s;
    double bottom = grid[p + cells] + (grid[p + cells + 1] - grid[p + cells]) * s;
    return top + (bottom - top) * t;
  }
}
