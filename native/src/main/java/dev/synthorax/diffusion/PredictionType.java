package dev.synthorax.diffusion;

/** What the network predicts. */
public enum PredictionType {
  /** The noise in the sample. */
  EPSILON,
  /** Velocity: {@code sqrt(ac) noise - sqrt(1 - ac) image} (Salimans and Ho, arXiv 2202.00512). */
  V_PREDICTION;

  /**
   * The type of that name in {@code scheduler_config.json}.
   *
   * @throws IllegalArgumentException if it is neither {@code epsilon} nor {@code v_prediction}
   */
  public static PredictionType of(String configName) {
    return switch (configName) {
      case "epsilon" -> EPSILON;
      case "v_prediction" -> V_PREDICTION;
      default ->
          throw new IllegalArgumentException(
              "prediction_type: " + configName + " (expected: epsilon, v_prediction)");
    };
  }
}
