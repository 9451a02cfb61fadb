package dev.synthorax.client.phantom;

/** {@code exp(-x)} for x >= 0 from IEEE operations alone; relative error below 2e-8. */
final class Exponential {
  private static final double[] POWERS = new double[65]; // exp(-k / 2)

  static {
    for (int k = 0; k < POWERS.length; k++) {
      POWERS[k] = StrictMath.exp(-0.5 * k);
    }
  }

  private Exponential() {}

  static double negative(double x) {
    if (x >= 32) {
      return 0;
    }
    int k = (int) (2 * x + 0.5);
    double f = 0.5 * k - x; // in [-0.25, 0.25]
    return POWERS[k]
        * (1 + f * (1 + f / 2 * (1 + f / 3 * (1 + f / 4 * (1 + f / 5 * (1 + f / 6))))));
  }
}
