package dev.synthorax.diffusion;

/**
 * Cumulative alpha of every training time step: how much of the image is left in {@code x_t =
 * sqrt(ac) image + sqrt(1 - ac) noise}.
 *
 * <p>Betas are float32 and products are rounded to float32, the convention of diffusers, so that a
 * network trained elsewhere meets the noise levels it knows.
 */
public final class NoiseSchedule {
  private final float[] alphasCumprod;

  private NoiseSchedule(float[] alphasCumprod) {
    this.alphasCumprod = alphasCumprod;
  }

  /** The schedule that {@code config} describes. */
  public static NoiseSchedule of(NoiseSchedulerConfig config) {
    float[] betas =
        config
            .betaSchedule()
            .betas(config.numTrainTimesteps(), config.betaStart(), config.betaEnd());
    float[] cumulative = new float[betas.length];
    double product = 1;
    for (int i = 0; i < betas.length; i++) {
      product *= 1 - betas[i];
      cumulative[i] = (float) product;
    }
    return new NoiseSchedule(cumulative);
  }

  /** Number of training time steps. */
  public int trainTimesteps() {
    return alphasCumprod.length;
  }

  /**
   * Cumulative alpha.
   *
   * @param timestep {@code 0 .. trainTimesteps() - 1}
   * @return in (0, 1), falling with {@code timestep}
   */
  public double alphaCumprod(int timestep) {
    return alphasCumprod[timestep];
  }

  /** {@code sqrt((1 - ac) / ac)}: noise over image, the sigma of a variance-exploding process. */
  public double sigma(int timestep) {
    double alpha = alphasCumprod[timestep];
    return Math.sqrt((1 - alpha) / alpha);
  }
}
