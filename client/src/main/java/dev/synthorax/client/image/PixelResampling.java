package dev.synthorax.client.image;

/**
 * PixelResampling along rows, then along columns: area mean to shrink, linear to grow. Pixel
 * centres lie at half-integers.
 */
final class PixelResampling {
  private PixelResampling() {}

  /** Resamples a grid of unsigned bytes, row by row. */
  static double[] resize(byte[] source, int width, int height, int newWidth, int newHeight) {
    double[] rows = alongRows(source, width, height, Taps.of(width, newWidth));
    return alongColumns(rows, newWidth, Taps.of(height, newHeight));
  }

  private static double[] alongRows(byte[] source, int width, int height, Taps taps) {
    double[] result = new double[height * taps.count()];
    for (int y = 0; y < height; y++) {
      int row = y * width;
      for (int i = 0; i < taps.count(); i++) {
        double sum = 0;
        for (int tap = taps.first[i]; tap < taps.first[i + 1]; tap++) {
          sum += (source[row + taps.cell[tap]] & 0xFF) * taps.weight[tap];
        }
        result[y * taps.count() + i] = sum / taps.total[i];
      }
    }
    return result;
  }

  private static double[] alongColumns(double[] source, int width, Taps taps) {
    double[] result = new double[taps.count() * width];
    for (int i = 0; i < taps.count(); i++) {
      int row = i * width;
      for (int tap = taps.first[i]; tap < taps.first[i + 1]; tap++) {
        int from = taps.cell[tap] * width;
        double weight = taps.weight[tap];
        for (int x = 0; x < width; x++) {
          result[row + x] += source[from + x] * weight;
        }
      }
      for (int x = 0; x < width; x++) {
        result[row + x] /= taps.total[i];
      }
    }
    return result;
  }

  /** Which cells each new cell is made of, and how much of each. */
  private static final class Taps {
    final int[] first;
    final int[] cell;
    final double[] weight;
    final double[] total;

    private Taps(int count, int taps) {
      first = new int[count + 1];
      cell = new int[taps];
      weight = new double[taps];
      total = new double[count];
    }

    int count() {
      return total.length;
    }

    static Taps of(int from, int to) {
      return to < from ? shrink(from, to) : grow(from, to);
    }

    private static Taps shrink(int from, int to) {
      double scale = (double) from / to;
      Taps taps = new Taps(to, from + 2 * to);
      int tap = 0;
      for (int i = 0; i < to; i++) {
        double begin = i * scale;
        double end = Math.min(from, begin + scale);
        int last = Math.min(from - 1, (int) end);
        for (int k = (int) begin; k <= last; k++) {
          taps.cell[tap] = k;
          taps.weight[tap++] = Math.min(end, k + 1.0) - Math.max(begin, k);
        }
        taps.total[i] = end - begin;
        taps.first[i + 1] = tap;
      }
      return taps;
    }

    private static Taps grow(int from, int to) {
      double scale = (double) from / to;
      Taps taps = new Taps(to, 2 * to);
      for (int i = 0; i < to; i++) {
        double position = Math.clamp((i + 0.5) * scale - 0.5, 0.0, from - 1.0);
        int left = (int) position;
        taps.cell[2 * i] = left;
        taps.weight[2 * i] = 1 - (position - left);
        taps.cell[2 * i + 1] = Math.min(from - 1, left + 1);
        taps.weight[2 * i + 1] = position - left;
        taps.total[i] = 1;
        taps.first[i + 1] = 2 * i + 2;
      }
      return taps;
    }
  }
}
