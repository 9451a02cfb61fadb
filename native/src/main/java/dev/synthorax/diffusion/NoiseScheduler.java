package dev.synthorax.diffusion;

import java.util.List;

/**
 * A rule that leads from noise to an image: per-step coefficients for {@link StepUpdate}.
 *
 * <p>Immutable; any thread may use it. Latents start as standard normal noise.
 */
public sealed interface NoiseScheduler
    permits DdimScheduler,
        DpmSolverScheduler,
        EulerScheduler,
        LcmScheduler,
        PndmScheduler,
        UniPcScheduler {
  /** Rules to choose from. */
  enum Kind {
    /** Denoising diffusion implicit models, eta 0. */
    DDIM(TimestepSpacing.LEADING),
    /** DPM-Solver++ of second order, multistep, midpoint. */
    DPM_SOLVER_PP_2M(TimestepSpacing.LINSPACE),
    /** The same on noise levels spread as Karras et al. do, whatever the model's file says. */
    DPM_SOLVER_PP_2M_KARRAS(TimestepSpacing.LINSPACE),
    /** Euler's method on the noise levels, without added noise. */
    EULER(TimestepSpacing.LINSPACE),
    /** Euler's method that goes down too far and adds noise again. */
    EULER_ANCESTRAL(TimestepSpacing.LINSPACE),
    /** Pseudo numerical methods, linear multistep of fourth order (PLMS). */
    PNDM(TimestepSpacing.LEADING),
    /** Latent consistency models: a few leaps, with fresh noise between. */
    LCM(TimestepSpacing.LEADING),
    /** UniPC: a multistep predictor and a corrector at the same number of network calls. */
    UNIPC(TimestepSpacing.LINSPACE);

    private final TimestepSpacing spacing;

    Kind(TimestepSpacing spacing) {
      this.spacing = spacing;
    }

    /** How it picks time steps where the model's file does not say. */
    TimestepSpacing spacing() {
      return spacing;
    }
  }

  /**
   * The scheduler of that kind for a model published with {@code config}.
   *
   * @throws IllegalArgumentException naming the field, if the configuration asks this kind for what
   *     is not built
   */
  static NoiseScheduler of(Kind kind, NoiseSchedulerConfig config) {
    return switch (kind) {
      case DDIM -> new DdimScheduler(config);
      case DPM_SOLVER_PP_2M, DPM_SOLVER_PP_2M_KARRAS -> new DpmSolverScheduler(kind, config);
      case EULER, EULER_ANCESTRAL -> new EulerScheduler(kind, config);
      case PNDM -> new PndmScheduler(config);
      case LCM -> new LcmScheduler(config);
      case UNIPC -> new UniPcScheduler(config);
    };
  }

  /** Which rule this is. */
  Kind kind();

  /** Most steps that {@link #steps} takes. */
  int maxInferenceSteps();

  /**
   * Every step, the noisiest first, each with one call of the network.
   *
   * @param numInferenceSteps 1 to {@link #maxInferenceSteps()}
   * @return {@code numInferenceSteps} of them; of {@link Kind#PNDM} one more where there are two or
   *     more
   * @throws IllegalArgumentException if {@code numInferenceSteps} is out of its range
   */
  List<StepCoefficients> steps(int numInferenceSteps);

  /**
   * The last of the same inference steps, for latents that another image and noise were mixed to.
   * As in diffusers' image-to-image, but for {@link Kind#PNDM}: its warm-up begins anew, where
   * diffusers goes on with time steps that lie one step apart from the latents.
   *
   * @param skipped of the inference steps, counted from the noisiest
   * @throws IllegalArgumentException if {@code numInferenceSteps} is out of its range, or {@code
   *     skipped} not below it
   */
  ImageRoute fromImage(int numInferenceSteps, int skipped);

  /**
   * How many of the inference steps a strength leaves out.
   *
   * @param strength above 0, at most 1: the share of the steps that is taken, rounded down
   * @return {@code numInferenceSteps} where none is left
   */
  static int skipped(int numInferenceSteps, double strength) {
    return numInferenceSteps - Math.min((int) (numInferenceSteps * strength), numInferenceSteps);
  }
}
