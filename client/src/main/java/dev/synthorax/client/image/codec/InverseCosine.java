package dev.synthorax.client.image.codec;

/**
 * The inverse discrete cosine transform of 8 x 8 samples.
 *
 * @see <a href="https://www.w3.org/Graphics/JPEG/itu-t81.pdf">ITU-T T.81, A.3.3</a>
 */
final class InverseCosine {
  private static final double[] BASIS = basis(); // [sample][frequency]

  private final int precision;
  private final double[] rows = new double[64];

  InverseCosine(int precision) {
    this.precision = precision;
  }

  private static double[] basis() {
    double[] basis = new double[64];
    for (int x = 0; x < 8; x++) {
      for (int u = 0; u < 8; u++) {
        double scale = u == 0 ? StrictMath.sqrt(0.5) / 2 : 0.5;
        basis[8 * x + u] = scale * StrictMath.cos((2 * x + 1) * u * Math.PI / 16);
      }
    }
    return basis;
  }

  /**
   * Transforms a block and stores what of it lies in the image.
   *
   * @param block coefficients, row by row
   */
  void store(int[] block, char[] values, int left, int top, int width, int height) {
    for (int v = 0; v < 8; v++) {
      for (int x = 0; x < 8; x++) {
        double sum = 0;
        for (int u = 0; u < 8; u++) {
          sum += BASIS[8 * x + u] * block[8 * v + u];
        }
        rows[8 * v + x] = sum;
      }
    }
    int middle = 1 << (precision - 1);
    for (int y = 0; y < Math.min(8, height - top); y++) {
      for (int x = 0; x < Math.min(8, width - left); x++) {
        double sum = 0;
        for (int v = 0; v < 8; v++) {
          sum += BASIS[8 * y + v] * rows[8 * v + x];
        }
        long value = Math.clamp(Math.round(sum) + middle, 0L, 2L * middle - 1);
        values[(top + y) * width + left + x] = (char) value;
      }
    }
  }
}
