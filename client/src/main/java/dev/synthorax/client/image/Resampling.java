package dev.synthorax.client.image;

/**
 * One-dimensional resampling: area mean to shrink, linear to grow. Pixel centres lie at
 * half-integers.
 */
final class Resampling {
  private Resampling() {}

  /** Resamples each of {@code rows} rows from {@code from} to {@code to} values. */
  static double[] alongRows(double[] source, int from, int rows, int to) {
    double[] result = new double[rows * to];
    double scale = (double) from / to;
    for (int i = 0; i < to; i++) {
      if (to < from) {
        shrink(source, from, rows, to, i, scale, result);
      } else {
        grow(source, from, rows, to, i, scale, result);
      }
    }
    return result;
  }

  private static void shrink(
      double[] source, int from, int rows, int to, int i, double scale, double[] result) {
    double begin = i * scale;
    double end = Math.min(from, begin + scale);
    int first = (int) begin;
    int last = Math.min(from - 1, (int) end);
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      for (int k = first; k <= last; k++) {
        sum += source[row * from + k] * (Math.min(end, k + 1.0) - Math.max(begin, k));
      }
      result[row * to + i] = sum / (end - begin);
    }
  }

  private static void grow(
      double[] source, int from, int rows, int to, int i, double scale, double[] result) {
    double position = Math.max(0, Math.min(from - 1, (i + 0.5) * scale - 0.5));
    int left = (int) position;
    int right = Math.min(from - 1, left + 1);
    double weight = position - left;
    for (int row = 0; row < rows; row++) {
      result[row * to + i] =
          source[row * from + left] * (1 - weight) + source[row * from + right] * weight;
    }
  }

  /** Swaps rows and columns of a {@code width x height} grid. */
  static double[] transpose(double[] source, int width, int height) {
    double[] result = new double[source.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        result[x * height + y] = source[y * width + x];
      }
    }
    return result;
  }
}
