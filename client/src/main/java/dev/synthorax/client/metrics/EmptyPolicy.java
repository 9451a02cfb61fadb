package dev.synthorax.client.metrics;

import java.util.Locale;

/**
 * What a pair of masks is worth where one or both are empty. With a truth that is not empty, an
 * empty prediction is always worst: overlap 0, distance infinite.
 */
public enum EmptyPolicy {
  /** Both empty: no value (DeepMind surface-distance). Only the truth empty: worst. */
  UNDEFINED,
  /** Both empty: perfect, overlap 1 and distance 0 (SIIM-ACR). Only the truth empty: worst. */
  PERFECT,
  /** Both empty: worst, overlap 0 and distance infinite. Only the truth empty: worst. */
  WORST,
  /** An empty truth has no value, whatever the prediction (MONAI's {@code ignore_empty}). */
  POSITIVES_ONLY;

  /** Returns the name in options and JSON, such as {@code positives-only}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns the value of a pair with an empty mask.
   *
   * @param perfect value of a perfect prediction
   * @param worst value of the worst prediction
   * @return NaN where there is no value
   */
  double valueOf(boolean truthEmpty, boolean predictionEmpty, double perfect, double worst) {
    if (!truthEmpty && !predictionEmpty) {
      throw new IllegalArgumentException("masks: none is empty (expected: one empty)");
    }
    if (!truthEmpty) {
      return worst;
    }
    return switch (this) {
      case UNDEFINED -> predictionEmpty ? Double.NaN : worst;
      case PERFECT -> predictionEmpty ? perfect : worst;
      case WORST -> worst;
      case POSITIVES_ONLY -> Double.NaN;
    };
  }
}
