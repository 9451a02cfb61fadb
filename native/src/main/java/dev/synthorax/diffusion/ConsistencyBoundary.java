package dev.synthorax.diffusion;

/**
 * How a consistency model mixes its sample with the image it predicts, {@code f = skip x + out
 * image}: at time step 0 the sample itself, further on almost the prediction alone.
 *
 * @param timestepScaling multiplies time steps; above 0
 * @see <a href="https://arxiv.org/abs/2310.04378">Luo et al., section 4.1</a>
 * @see <a href="https://arxiv.org/abs/2303.01469">Song et al., appendix C</a>
 */
public record ConsistencyBoundary(double timestepScaling) {
  /** Standard deviation of the data, as both papers and diffusers have it. */
  private static final double SIGMA_DATA = 0.5;

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if the scaling is not above 0
   */
  public ConsistencyBoundary {
    if (!(timestepScaling > 0) || Double.isInfinite(timestepScaling)) {
      throw new IllegalArgumentException(
          "timestep_scaling: " + timestepScaling + " (expected: above 0)");
    }
  }

  /** Coefficient of the sample; 1 at time step 0. */
  public double skip(double timestep) {
    double scaled = timestep * timestepScaling;
    return SIGMA_DATA * SIGMA_DATA / (scaled * scaled + SIGMA_DATA * SIGMA_DATA);
  }

  /** Coefficient of the predicted image; 0 at time step 0. */
  public double out(double timestep) {
    double scaled = timestep * timestepScaling;
    return scaled / Math.sqrt(scaled * scaled + SIGMA_DATA * SIGMA_DATA);
  }
}
