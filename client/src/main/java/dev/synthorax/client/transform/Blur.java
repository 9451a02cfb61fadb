package dev.synthorax.client.transform;

/** Gaussian blur; the border pixels go on beyond the frame. */
final class Blur {
  private Blur() {}

  /**
   * Returns the values blurred along rows and columns; the kernel reaches three deviations.
   *
   * @param sigma deviation in pixels; 0: nothing happens
   */
  static double[] gaussian(double[] values, int width, int height, double sigma) {
    if (!(sigma > 0)) {
      return values;
    }
    int radius = (int) StrictMath.ceil(3 * sigma);
    double[] kernel = new double[2 * radius + 1];
    double sum = 0;
    for (int i = -radius; i <= radius; i++) {
      kernel[i + radius] = StrictMath.exp(-i * i / (2 * sigma * sigma));
      sum += kernel[i + radius];
    }
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] /= sum;
    }
    double[] rows = alongX(values, width, height, kernel, radius);
    return alongY(rows, width, height, kernel, radius);
  }

  private static double[] alongX(
      double[] values, int width, int height, double[] kernel, int radius) {
    double[] result = new double[values.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double sum = 0;
        for (int i = -radius; i <= radius; i++) {
          int from = Math.max(0, Math.min(width - 1, x + i));
          sum += kernel[i + radius] * values[y * width + from];
        }
        result[y * width + x] = sum;
      }
    }
    return result;
  }

  private static double[] alongY(
      double[] values, int width, int height, double[] kernel, int radius) {
    double[] result = new double[values.length];
    for (int y = 0; y < height; y++) {
      for (int i = -radius; i <= radius; i++) {
        int from = Math.max(0, Math.min(height - 1, y + i));
        double weight = kernel[i + radius];
        for (int x = 0; x < width; x++) {
          result[y * width + x] += weight * values[from * width + x];
        }
      }
    }
    return result;
  }
}
