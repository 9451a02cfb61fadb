package dev.synthorax.benchmarks.judges;

import dev.synthorax.client.image.GrayImage;
import java.util.List;
import org.apache.commons.math3.complex.Complex;
import org.apache.commons.math3.transform.DftNormalization;
import org.apache.commons.math3.transform.FastFourierTransformer;
import org.apache.commons.math3.transform.TransformType;

/**
 * Mean power of images by spatial frequency, after a Hann window and without the mean: how much
 * detail of which size they hold.
 *
 * @param side pixels a side, a power of two
 * @param power at each whole number of cycles an image, up to the half of {@code side}; mean over
 *     directions and images
 */
@SuppressWarnings("ArrayRecordComponent") // numbers to read, never compared
record Spectrum(int side, double[] power) {

  /** Bands in cycles a pixel: structures of 8 to 16, 4 to 8 and 2 to 4 pixels. */
  static final List<double[]> BANDS =
      List.of(new double[] {0.0625, 0.125}, new double[] {0.125, 0.25}, new double[] {0.25, 0.5});

  /**
   * The spectrum of a set of square images of one size.
   *
   * @throws IllegalArgumentException if a side is no power of two
   */
  static Spectrum of(List<GrayImage> images) {
    int side = images.getFirst().width();
    double[] sum = new double[side / 2 + 1];
    long[] count = new long[side / 2 + 1];
    double[] window = new double[side];
    for (int i = 0; i < side; i++) {
      window[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / side);
    }
    for (GrayImage image : images) {
      Complex[][] transformed = transform(image, window);
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          int radius = (int) Math.round(Math.hypot(signed(x, side), signed(y, side)));
          if (radius <= side / 2) {
            double magnitude = transformed[y][x].abs();
            sum[radius] += magnitude * magnitude;
            count[radius]++;
          }
        }
      }
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= count[i];
    }
    return new Spectrum(side, sum);
  }

  /** Mean power between two frequencies in cycles a pixel. */
  double between(double from, double to) {
    double total = 0;
    int rings = 0;
    for (int i = (int) Math.ceil(from * side); i <= Math.floor(to * side); i++) {
      total += power[i];
      rings++;
    }
    return total / rings;
  }

  private static int signed(int index, int side) {
    return index <= side / 2 ? index : index - side;
  }

  private static Complex[][] transform(GrayImage image, double[] window) {
    var fourier = new FastFourierTransformer(DftNormalization.STANDARD);
    int side = window.length;
    double mean = 0;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        mean += image.at(x, y) / (double) (side * side);
      }
    }
    Complex[][] rows = new Complex[side][];
    for (int y = 0; y < side; y++) {
      double[] row = new double[side];
      for (int x = 0; x < side; x++) {
        row[x] = (image.at(x, y) - mean) * window[x] * window[y];
      }
      rows[y] = fourier.transform(row, TransformType.FORWARD);
    }
    for (int x = 0; x < side; x++) {
      Complex[] column = new Complex[side];
      for (int y = 0; y < side; y++) {
        column[y] = rows[y][x];
      }
      Complex[] transformed = fourier.transform(column, TransformType.FORWARD);
      for (int y = 0; y < side; y++) {
        rows[y][x] = transformed[y];
      }
    }
    return rows;
  }
}
