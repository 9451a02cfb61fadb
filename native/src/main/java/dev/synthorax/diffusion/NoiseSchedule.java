package dev.synthorax.diffusion;

import java.util.List;

/**
 * Cumulative alpha of every training time step: how much of the image is left in {@code x_t =
 * sqrt(ac) image + sqrt(1 - ac) noise}.
 *
 * <p>Betas are float32 and products are rounded to float32, the convention of diffusers, so that a
 * network trained elsewhere meets the noise levels it knows.
 */
public final class NoiseSchedule {
  private static final float LEAST_ALPHA = 0x1p-24f;

  private final float[] alphasCumprod;

  private NoiseSchedule(float[] alphasCumprod) {
    this.alphasCumprod = alphasCumprod;
  }

  /** The schedule that {@code config} describes. */
  public static NoiseSchedule of(NoiseSchedulerConfig config) {
    float[] cumulative = cumulativeAlphas(betas(config.betas()));
    return new NoiseSchedule(
        config.betas().zeroTerminalSnr() ? cumulativeAlphas(rescaled(cumulative)) : cumulative);
  }

  /**
   * The same with a last time step that keeps a trace of the image, for solvers that divide by it.
   */
  NoiseSchedule withTraceOfImage() {
    float[] cumulative = alphasCumprod.clone();
    if (cumulative[cumulative.length - 1] == 0) {
      cumulative[cumulative.length - 1] = LEAST_ALPHA;
    }
    return new NoiseSchedule(cumulative);
  }

  private static float[] betas(NoiseSchedulerConfig.Betas config) {
    List<Double> trained = config.trained();
    if (trained == null) {
      return config.schedule().betas(config.numTrainTimesteps(), config.start(), config.end());
    }
    float[] betas = new float[trained.size()];
    for (int i = 0; i < betas.length; i++) {
      betas[i] = trained.get(i).floatValue();
    }
    return betas;
  }

  private static float[] cumulativeAlphas(float[] betas) {
    float[] cumulative = new float[betas.length];
    double product = 1;
    for (int i = 0; i < betas.length; i++) {
      product *= 1 - betas[i];
      cumulative[i] = (float) product;
    }
    return cumulative;
  }

  /**
   * Betas whose last time step keeps nothing of the image, in float32.
   *
   * @see <a href="https://arxiv.org/abs/2305.08891">Lin et al., algorithm 1</a>
   */
  private static float[] rescaled(float[] cumulative) {
    float[] roots = new float[cumulative.length];
    for (int i = 0; i < roots.length; i++) {
      roots[i] = (float) Math.sqrt(cumulative[i]);
    }
    float first = roots[0];
    float last = roots[roots.length - 1];
    float scale = first / (first - last);
    float[] betas = new float[roots.length];
    float previous = 1;
    for (int i = 0; i < roots.length; i++) {
      float root = (roots[i] - last) * scale;
      float alpha = root * root;
      betas[i] = 1 - alpha / previous;
      previous = alpha;
    }
    return betas;
  }

  /** Number of training time steps. */
  public int trainTimesteps() {
    return alphasCumprod.length;
  }

  /**
   * Cumulative alpha.
   *
   * @param timestep {@code 0 .. trainTimesteps() - 1}
   * @return in [0, 1), falling with {@code timestep}
   */
  public double alphaCumprod(int timestep) {
    return alphasCumprod[timestep];
  }

  /** Training time steps that keep at least that half log signal-to-noise ratio. */
  int timestepsFrom(double lambda) {
    int kept = 0;
    while (kept < alphasCumprod.length && -Math.log(sigma(kept)) >= lambda) {
      kept++;
    }
    return kept;
  }

  /**
   * The training time step of a noise level, between two where it falls between: linear in the
   * level's logarithm.
   */
  double timestepOf(double sigma) {
    int low = 0;
    while (low < alphasCumprod.length - 2 && sigma(low + 1) <= sigma) {
      low++;
    }
    double from = Math.log(sigma(low));
    double to = Math.log(sigma(low + 1));
    return low + Math.clamp((Math.log(sigma) - from) / (to - from), 0, 1);
  }

  /**
   * {@link #sigma} where a time step falls between two: linear in the level.
   *
   * @param timestep {@code 0 .. trainTimesteps() - 1}
   */
  double sigmaBetween(double timestep) {
    int low = Math.min((int) timestep, alphasCumprod.length - 2);
    return sigma(low) + (timestep - low) * (sigma(low + 1) - sigma(low));
  }

  /** {@code sqrt((1 - ac) / ac)}: noise over image, the sigma of a variance-exploding process. */
  public double sigma(int timestep) {
    double alpha = alphasCumprod[timestep];
    return Math.sqrt((1 - alpha) / alpha);
  }
}
