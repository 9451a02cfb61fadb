package dev.synthorax.client.metrics;

import dev.synthorax.client.image.GrayImage;
import java.util.Arrays;

/**
 * Multi-scale structural similarity: up to five scales, Gaussian window of 11 pixels and sigma 1.5
 * without padding, halving by the mean of 2 x 2, negative terms cut to 0. The mean over pairs of
 * synthetic images tells diversity: lower is more diverse.
 *
 * <p>Five scales, with the published weights, need sides of 176 pixels. Smaller images have fewer,
 * whose weights are scaled to a sum of 1; values of different numbers of scales do not compare.
 *
 * @see <a href="https://doi.org/10.1109/ACSSC.2003.1292216">Wang, Simoncelli and Bovik 2003</a>
 */
public final class MsSsim {
  /** The usual number of scales. */
  public static final int SCALES = 5;

  private static final double[] WEIGHTS = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
  private static final double C1 = 0.01 * 255 * 0.01 * 255;
  private static final double C2 = 0.03 * 255 * 0.03 * 255;
  private static final double[] WINDOW = new double[11];

  static {
    double sum = 0;
    for (int i = 0; i < WINDOW.length; i++) {
      int offset = i - WINDOW.length / 2;
      WINDOW[i] = StrictMath.exp(-offset * offset / (2 * 1.5 * 1.5));
      sum += WINDOW[i];
    }
    for (int i = 0; i < WINDOW.length; i++) {
      WINDOW[i] /= sum;
    }
  }

  private MsSsim() {}

  /** Returns how many scales the window fits at, 0 to {@value #SCALES}. */
  public static int scales(GrayImage image) {
    int side = Math.min(image.width(), image.height());
    int scales = 0;
    while (scales < SCALES && side >> scales >= WINDOW.length) {
      scales++;
    }
    return scales;
  }

  /**
   * Compares two images.
   *
   * @param scales 1 to {@value #SCALES}, and no more than {@link #scales} of the images
   * @return 0..1; 1 of equal images
   * @throws IllegalArgumentException if the sizes differ or are too small for the scales
   */
  public static double of(GrayImage a, GrayImage b, int scales) {
    if (scales < 1 || scales > SCALES) {
      throw new IllegalArgumentException("scales: " + scales + " (expected: 1 to " + SCALES + ")");
    }
    if (a.width() != b.width() || a.height() != b.height() || scales(a) < scales) {
      throw new IllegalArgumentException(
          "images: %d x %d and %d x %d (expected: one size, sides of at least %d for %d scales)"
              .formatted(
                  a.width(),
                  a.height(),
                  b.width(),
                  b.height(),
                  WINDOW.length << (scales - 1),
                  scales));
    }
    double weights = scales == SCALES ? 1 : Arrays.stream(WEIGHTS, 0, scales).sum();
    Plane first = Plane.of(a);
    Plane second = Plane.of(b);
    double product = 1;
    for (int scale = 0; scale < scales; scale++) {
      boolean last = scale == scales - 1;
      double term = Math.max(0, similarity(first, second, last));
      product *= StrictMath.pow(term, WEIGHTS[scale] / weights);
      if (!last) {
        first = first.halved();
        second = second.halved();
      }
    }
    return product;
  }

  /** Mean of contrast times structure, at the last scale also times luminance. */
  private static double similarity(Plane a, Plane b, boolean luminance) {
    Plane meanA = a.blurred();
    Plane meanB = b.blurred();
    Plane squareA = a.times(a).blurred();
    Plane squareB = b.times(b).blurred();
    Plane product = a.times(b).blurred();
    double sum = 0;
    for (int i = 0; i < meanA.values.length; i++) {
      double ma = meanA.values[i];
      double mb = meanB.values[i];
      double varianceA = squareA.values[i] - ma * ma;
      double varianceB = squareB.values[i] - mb * mb;
      double covariance = product.values[i] - ma * mb;
      double term = (2 * covariance + C2) / (varianceA + varianceB + C2);
      sum += luminance ? term * (2 * ma * mb + C1) / (ma * ma + mb * mb + C1) : term;
    }
    return sum / meanA.values.length;
  }

  private record Size(int width, int height) {}

  private static final class Plane {
    private final Size size;
    private final double[] values;

    private Plane(Size size, double[] values) {
      this.size = size;
      this.values = values;
    }

    static Plane of(GrayImage image) {
      byte[] pixels = image.toBytes();
      double[] values = new double[pixels.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = pixels[i] & 0xFF;
      }
      return new Plane(new Size(image.width(), image.height()), values);
    }

    Plane times(Plane other) {
      double[] product = new double[values.length];
      for (int i = 0; i < product.length; i++) {
        product[i] = values[i] * other.values[i];
      }
      return new Plane(size, product);
    }

    /** Weighted means under the window, where it fits. */
    Plane blurred() {
      int width = size.width() - WINDOW.length + 1;
      int height = size.height() - WINDOW.length + 1;
      double[] rows = new double[width * size.height()];
      for (int y = 0; y < size.height(); y++) {
        for (int k = 0; k < WINDOW.length; k++) {
          for (int x = 0; x < width; x++) {
            rows[y * width + x] += WINDOW[k] * values[y * size.width() + x + k];
          }
        }
      }
      double[] both = new double[width * height];
      for (int y = 0; y < height; y++) {
        for (int k = 0; k < WINDOW.length; k++) {
          for (int x = 0; x < width; x++) {
            both[y * width + x] += WINDOW[k] * rows[(y + k) * width + x];
          }
        }
      }
      return new Plane(new Size(width, height), both);
    }

    /** Means of 2 x 2 pixels; an odd last row or column is left out. */
    Plane halved() {
      int width = size.width() / 2;
      int height = size.height() / 2;
      double[] means = new double[width * height];
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int at = 2 * y * size.width() + 2 * x;
          means[y * width + x] =
              (values[at]
                      + values[at + 1]
                      + values[at + size.width()]
                      + values[at + size.width() + 1])
                  / 4;
        }
      }
      return new Plane(new Size(width, height), means);
    }
  }
}
