package dev.synthorax.diffusion;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * How the variance of the added noise grows over the training time steps; named as in {@code
 * scheduler_config.json}.
 */
public enum BetaSchedule {
  /** Evenly spaced betas. */
  LINEAR("linear"),
  /** Evenly spaced square roots of betas, as in Stable Diffusion. */
  SCALED_LINEAR("scaled_linear"),
  /** Betas from a squared cosine of cumulative alpha, capped at 0.999. */
  SQUAREDCOS_CAP_V2("squaredcos_cap_v2");

  private final String configName;

  BetaSchedule(String configName) {
    this.configName = configName;
  }

  /**
   * The schedule of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static BetaSchedule of(String configName) {
    for (BetaSchedule schedule : values()) {
      if (schedule.configName.equals(configName)) {
        return schedule;
      }
    }
    throw new IllegalArgumentException(
        "beta_schedule: " + configName + " (expected: " + names() + ")");
  }

  private static String names() {
    return Arrays.stream(values())
        .map(schedule -> schedule.configName)
        .collect(Collectors.joining(", "));
  }

  /**
   * Betas of every training time step, rounded to float32 where diffusers rounds.
   *
   * @param steps number of training time steps; at least 2
   */
  float[] betas(int steps, double start, double end) {
    return switch (this) {
      case LINEAR -> linspace((float) start, (float) end, steps);
      case SCALED_LINEAR -> {
        float[] roots = linspace((float) Math.sqrt(start), (float) Math.sqrt(end), steps);
        for (int i = 0; i < steps; i++) {
          roots[i] *= roots[i];
        }
        yield roots;
      }
      case SQUAREDCOS_CAP_V2 -> {
        float[] betas = new float[steps];
        for (int i = 0; i < steps; i++) {
          betas[i] =
              (float)
                  Math.min(
                      1 - squaredCosine((i + 1.0) / steps) / squaredCosine((double) i / steps),
                      0.999);
        }
        yield betas;
      }
    };
  }

  /**
   * Cumulative alpha of the cosine schedule at {@code t} in 0..1 (Nichol and Dhariwal, arXiv
   * 2102.09672, eq. 17).
   */
  private static double squaredCosine(double t) {
    double cosine = StrictMath.cos((t + 0.008) / 1.008 * Math.PI / 2);
    return cosine * cosine;
  }

  /** Evenly spaced float32 values, counted from the nearer end so that both ends are exact. */
  private static float[] linspace(float start, float end, int count) {
    float step = (end - start) / (count - 1);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i < count / 2 ? start + step * i : end - step * (count - 1 - i);
    }
    return values;
  }
}
