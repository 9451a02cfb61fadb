package dev.synthorax.diffusion;

/** How the solvers of noise levels spread them. */
enum SigmaSpacing {
  /** Those of the chosen time steps. */
  TIMESTEPS,
  /**
   * Evenly spaced seventh roots, over the training range (DPM-Solver++) or that of the chosen time
   * steps (Euler).
   *
   * @see <a href="https://arxiv.org/abs/2206.00364">Karras et al., eq. 5</a>
   */
  KARRAS,
  /** Evenly spaced logarithms, over the whole training range; {@code use_lu_lambdas}. */
  LU;

  private static final double RHO = 7;

  /**
   * The noise levels, falling.
   *
   * @param count at least 1
   * @param max the first
   * @param min the last, where there are two or more
   */
  double[] sigmas(int count, double max, double min) {
    double[] sigmas = new double[count];
    for (int i = 0; i < count; i++) {
      double at = count == 1 ? 0 : (double) i / (count - 1);
      sigmas[i] =
          switch (this) {
            case TIMESTEPS ->
                throw new IllegalStateException("the noise levels follow from the time steps");
            case KARRAS -> {
              double root = Math.pow(max, 1 / RHO);
              yield Math.pow(root + at * (Math.pow(min, 1 / RHO) - root), RHO);
            }
            case LU -> Math.exp(Math.log(max) + at * (Math.log(min) - Math.log(max)));
          };
    }
    return sigmas;
  }
}
