package dev.synthorax.client.stats;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Power of the paired t-test, by the noncentral t distribution with noncentrality {@code dz
 * sqrt(n)}. For planning: power at the effect that was observed says nothing the p-value does not.
 *
 * @see <a href="https://doi.org/10.4324/9780203771587">Cohen: Statistical power analysis, 1988</a>
 */
public final class TTestPower {
  /** The most pairs that {@link #pairsNeeded} looks for. */
  public static final int MAX_PAIRS = 1_000_000;

  private TTestPower() {}

  /**
   * Returns the probability that n pairs give p below alpha where the true effect is {@code dz}.
   *
   * @param n pairs, at least 2
   * @param dz true mean difference over standard deviation of the differences
   * @param alpha in (0, 1)
   */
  public static double power(int n, double dz, double alpha, Alternative alternative) {
    requireProbability("alpha", alpha);
    if (n < 2 || !Double.isFinite(dz)) {
      throw new IllegalArgumentException(
          "power: n = " + n + ", effect = " + dz + " (expected: n >= 2, a finite effect)");
    }
    double df = n - 1.0;
    double delta = dz * Math.sqrt(n);
    double tail = alternative == Alternative.TWO_SIDED ? alpha / 2 : alpha;
    double critical = new StudentT(df).quantileOfUpperTail(tail);
    return switch (alternative) {
      case GREATER -> tail(critical, df, delta);
      case LESS -> tail(critical, df, -delta);
      case TWO_SIDED -> Math.min(1, tail(critical, df, delta) + tail(critical, df, -delta));
    };
  }

  /** Upper tail at any t: below 0 it is one minus the mirrored one. */
  private static double tail(double t, double df, double delta) {
    if (t > 0) {
      return NoncentralT.upperTail(t, df, delta);
    }
    return t < 0
        ? 1 - NoncentralT.upperTail(-t, df, -delta)
        : NormalDistribution.of(0, 1).cumulativeProbability(delta);
  }

  /**
   * Returns the smallest |d_z| that n pairs detect with the given power, in the direction of the
   * alternative.
   *
   * @param n pairs, at least 2
   * @param power in (alpha, 1)
   */
  public static double minimumDetectableEffect(
      int n, double power, double alpha, Alternative alternative) {
    requirePower(power, alpha);
    double sign = alternative == Alternative.LESS ? -1 : 1;
    DoubleUnaryOperator gap = dz -> power(n, sign * dz, alpha, alternative) - power;
    double high = 1;
    while (gap.applyAsDouble(high) < 0) {
      high *= 2;
    }
    double low = 0;
    while (high - low > 1e-14 * high) {
      double middle = (low + high) / 2;
      if (middle <= low || middle >= high) {
        break;
      }
      if (gap.applyAsDouble(middle) < 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /**
   * Returns the fewest pairs that detect {@code dz} with the given power.
   *
   * @param dz true effect, in the direction of the alternative
   * @param power in (alpha, 1)
   * @throws IllegalArgumentException if it takes more than {@value #MAX_PAIRS}
   */
  public static int pairsNeeded(double dz, double power, double alpha, Alternative alternative) {
    requirePower(power, alpha);
    if (power(MAX_PAIRS, dz, alpha, alternative) < power) {
      throw new IllegalArgumentException(
          "effect: "
              + dz
              + " (expected: an effect in the direction '"
              + alternative.wireName()
              + "' that "
              + MAX_PAIRS
              + " pairs can detect)");
    }
    int low = 1;
    int high = MAX_PAIRS;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (power(middle, dz, alpha, alternative) < power) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  private static void requirePower(double power, double alpha) {
    requireProbability("alpha", alpha);
    if (!(power > alpha && power < 1)) {
      throw new IllegalArgumentException(
          "power: " + power + " (expected: above alpha = " + alpha + " and below 1)");
    }
  }

  private static void requireProbability(String name, double value) {
    if (!(value > 0 && value < 1)) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: above 0 and below 1)");
    }
  }
}
