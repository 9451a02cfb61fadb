package dev.synthorax.server.reading;

import java.util.Arrays;

/**
 * Resampling along one side: which cells of the source make each cell of the target, and how much
 * of each. The mean of the covered cells where it shrinks, linear where it grows; centres of cells
 * lie at half-integers. On either side of an image there may be black, which counts as cells of 0.
 *
 * <p>The same arithmetic, in the same order, by which samples for trainings are made.
 */
final class Axis {
  private final int[] first; // of each target cell; one more than there are
  private final int[] cell; // of the source
  private final double[] weight;
  private final double[] total; // of each target cell, cells of 0 included

  private Axis(int[] first, int[] cell, double[] weight, double[] total) {
    this.first = first;
    this.cell = cell;
    this.weight = weight;
    this.total = total;
  }

  /**
   * From an image with black around it to a side of a network.
   *
   * @param size cells of the image
   * @param before cells of black before it
   * @param padded cells with all black
   * @param to cells of the network
   */
  static Axis fit(int size, int before, int padded, int to) {
    return of(padded, to, before, size, 0, to);
  }

  /**
   * From a side of a network back to the image, without the black around it; as {@link #fit}.
   *
   * @param from cells of the network
   */
  static Axis restore(int from, int padded, int before, int size) {
    return of(from, padded, 0, from, before, size);
  }

  private static Axis of(
      int from, int to, int sourceFirst, int sourceCount, int targetFirst, int targetCount) {
    double scale = (double) from / to;
    int most = to < from ? (int) Math.ceil(scale) + 2 : 2;
    int[] first = new int[targetCount + 1];
    int[] cell = new int[Math.multiplyExact(targetCount, most)];
    double[] weight = new double[cell.length];
    double[] total = new double[targetCount];
    int tap = 0;
    for (int i = 0; i < targetCount; i++) {
      int target = targetFirst + i;
      int begin;
      int end; // inclusive
      double low = target * scale;
      double high = Math.min(from, low + scale);
      double position = Math.clamp((target + 0.5) * scale - 0.5, 0.0, from - 1.0);
      if (to < from) {
        begin = (int) low;
        end = Math.min(from - 1, (int) high);
        total[i] = high - low;
      } else {
        begin = (int) position;
        end = Math.min(from - 1, begin + 1);
        total[i] = 1;
      }
      for (int k = begin; k <= end; k++) {
        double grown = k == begin ? 1 - (position - begin) : position - begin;
        double share = to < from ? Math.min(high, k + 1.0) - Math.max(low, k) : grown;
        if (k >= sourceFirst && k < sourceFirst + sourceCount && share != 0) {
          cell[tap] = k - sourceFirst;
          weight[tap++] = share;
        }
      }
      first[i + 1] = tap;
    }
    return new Axis(first, Arrays.copyOf(cell, tap), Arrays.copyOf(weight, tap), total);
  }

  /** Cells of the target. */
  int count() {
    return total.length;
  }

  /**
   * Resamples a row of cells.
   *
   * @param source at least the cells of the source
   * @param target filled from {@code at} on with {@link #count} cells
   */
  void row(double[] source, double[] target, int at) {
    for (int i = 0; i < total.length; i++) {
      double sum = 0;
      for (int tap = first[i]; tap < first[i + 1]; tap++) {
        sum += source[cell[tap]] * weight[tap];
      }
      target[at + i] = sum / total[i];
    }
  }

  /**
   * One row of what resampling rows makes.
   *
   * @param rows row by row, as wide as {@code target}
   * @param i row of the target
   * @param target filled
   */
  void row(double[] rows, int i, double[] target) {
    Arrays.fill(target, 0);
    for (int tap = first[i]; tap < first[i + 1]; tap++) {
      int from = cell[tap] * target.length;
      for (int x = 0; x < target.length; x++) {
        target[x] += rows[from + x] * weight[tap];
      }
    }
    for (int x = 0; x < target.length; x++) {
      target[x] /= total[i];
    }
  }
}
