package dev.synthorax.client.phantom;

/**
 * Shaping functions from IEEE operations alone ({@code + - * / sqrt}), which every JVM rounds
 * alike.
 */
final class Calc {
  private Calc() {}

  static double clamp(double value, double low, double high) {
    return value < low ? low : value > high ? high : value;
  }

  /** 0 below {@code low}, 1 above {@code high}, a smooth cubic between. */
  static double smoothStep(double low, double high, double value) {
    double t = clamp((value - low) / (high - low), 0, 1);
    return t * t * (3 - 2 * t);
  }

  static double mix(double a, double b, double t) {
    return a + (b - a) * t;
  }

  /**
   * Square root of the positive part: the half-chord of a unit sphere when given {@code 1 - r^2}.
   */
  static double root(double value) {
    return value <= 0 ? 0 : Math.sqrt(value);
  }

  /**
   * Polynomial smooth maximum: exceeds {@code max(a, b)} by at most {@code k / 4}, and only where
   * they differ by less than {@code k}.
   */
  static double smoothMax(double a, double b, double k) {
    double h = k - Math.abs(a - b);
    double top = a > b ? a : b;
    return h <= 0 ? top : top + h * h / (4 * k);
  }
}
