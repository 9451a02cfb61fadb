package dev.synthorax.diffusion;

/** How the inference time steps are picked from the training time steps. */
public enum TimestepSpacing {
  /** Multiples of a whole stride, counted from the least noise, plus the offset. */
  LEADING,
  /** Evenly spaced from the first to the last, rounded half to even. */
  LINSPACE,
  /** Evenly spaced, counted down from the most noise, rounded half to even. */
  TRAILING;

  /**
   * The spacing of that name in {@code scheduler_config.json}.
   *
   * @throws IllegalArgumentException if it is none of leading, linspace, trailing
   */
  public static TimestepSpacing of(String configName) {
    return switch (configName) {
      case "leading" -> LEADING;
      case "linspace" -> LINSPACE;
      case "trailing" -> TRAILING;
      default ->
          throw new IllegalArgumentException(
              "timestep_spacing: " + configName + " (expected: leading, linspace, trailing)");
    };
  }

  /**
   * Time steps of a scheduler that ends one step after its last time step (DDIM).
   *
   * @param count inference steps, 1 to {@code trainTimesteps}
   * @return descending time steps, {@code count} of them
   */
  int[] timesteps(int count, int trainTimesteps, int offset) {
    int[] timesteps = new int[count];
    for (int i = 0; i < count; i++) {
      int fromEnd = count - 1 - i;
      timesteps[i] =
          switch (this) {
            case LEADING -> fromEnd * (trainTimesteps / count) + offset;
            case LINSPACE ->
                count == 1 ? 0 : round(fromEnd * ((trainTimesteps - 1.0) / (count - 1)));
            case TRAILING -> trailing(i, count, trainTimesteps);
          };
    }
    return timesteps;
  }

  /**
   * The same, evenly spaced ones not rounded (Euler).
   *
   * @return descending time steps, {@code count} of them
   */
  float[] fractionalTimesteps(int count, int trainTimesteps, int offset) {
    int[] whole = timesteps(count, trainTimesteps, offset);
    float[] timesteps = new float[count];
    for (int i = 0; i < count; i++) {
      timesteps[i] =
          this == LINSPACE && count > 1
              ? (float) ((count - 1 - i) * ((trainTimesteps - 1.0) / (count - 1)))
              : whole[i];
    }
    return timesteps;
  }

  /** Most inference steps that {@link #timesteps} takes. */
  int maxSteps(int trainTimesteps, int offset) {
    return trainTimesteps - (this == LEADING ? offset : 0);
  }

  /**
   * Time steps of a scheduler that plans one more and drops the least noisy (DPM-Solver++).
   *
   * @param count inference steps; with {@link #LEADING} below {@code trainTimesteps}
   * @return descending time steps, {@code count} of them
   */
  int[] timestepsDroppingLast(int count, int trainTimesteps, int offset) {
    int[] timesteps = new int[count];
    for (int i = 0; i < count; i++) {
      int fromEnd = count - i;
      timesteps[i] =
          switch (this) {
            case LEADING -> fromEnd * (trainTimesteps / (count + 1)) + offset;
            case LINSPACE -> round(fromEnd * ((trainTimesteps - 1.0) / count));
            case TRAILING -> trailing(i, count, trainTimesteps);
          };
    }
    return timesteps;
  }

  private static int trailing(int i, int count, int trainTimesteps) {
    return round(trainTimesteps - i * ((double) trainTimesteps / count)) - 1;
  }

  private static int round(double value) {
    return (int) Math.rint(value);
  }
}
