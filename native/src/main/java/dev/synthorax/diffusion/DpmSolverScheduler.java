package dev.synthorax.diffusion;

import java.util.ArrayList;
import java.util.List;

/**
 * DPM-Solver++ (2M): second order, multistep, in the predicted image; midpoint or Heun's rule.
 *
 * @see <a href="https://arxiv.org/abs/2211.01095">Lu et al., algorithm 2</a>
 */
final class DpmSolverScheduler implements NoiseScheduler {
  /**
   * Below this many steps the last one is of order 1 even where the schedule ends above zero noise.
   */
  private static final int FEW_STEPS = 15;

  private final Kind kind;
  private final SolverLevels levels;
  private final PredictionType predictionType;
  private final SolverConfig solver;

  /**
   * Of either kind.
   *
   * @param kind {@code DPM_SOLVER_PP_2M}, or {@code DPM_SOLVER_PP_2M_KARRAS}, which spreads noise
   *     levels so whatever the file says
   */
  DpmSolverScheduler(Kind kind, NoiseSchedulerConfig config) {
    this.kind = kind;
    solver = config.solver();
    requireBuilt(solver);
    predictionType = config.predictionType();
    boolean karras = solver.karras() || kind == Kind.DPM_SOLVER_PP_2M_KARRAS;
    levels =
        new SolverLevels(
            config,
            kind,
            karras ? SigmaSpacing.KARRAS : solver.lu() ? SigmaSpacing.LU : SigmaSpacing.TIMESTEPS,
            solver.lambdaMinClipped());
  }

  private static void requireBuilt(SolverConfig solver) {
    if (solver.order() > 2) {
      throw new IllegalArgumentException(
          "solver_order: " + solver.order() + " (expected: 1 or 2; a third is not built in)");
    }
    if (!List.of("dpmsolver++", "deis").contains(solver.algorithm())) {
      throw new IllegalArgumentException(
          "algorithm_type: " + solver.algorithm() + " (expected: dpmsolver++)");
    }
    if (!List.of("midpoint", "heun", "logrho", "bh1", "bh2").contains(solver.type())) {
      throw new IllegalArgumentException(
          "solver_type: " + solver.type() + " (expected: midpoint or heun)");
    }
    solver.requireSupported();
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public int maxInferenceSteps() {
    return levels.maxInferenceSteps();
  }

  @Override
  public List<StepCoefficients> steps(int numInferenceSteps) {
    return fromImage(numInferenceSteps, 0).steps();
  }

  @Override
  public ImageRoute fromImage(int numInferenceSteps, int skipped) {
    List<SolverLevels.Level> all = levels.of(numInferenceSteps);
    Steps.requireSkipped(numInferenceSteps, skipped);
    var steps = new ArrayList<StepCoefficients>(numInferenceSteps - skipped);
    double previousLogSnr = Double.NaN;
    for (int i = skipped; i < all.size(); i++) {
      boolean last = i == all.size() - 1;
      double target = last ? levels.finalSigma() : all.get(i + 1).sigma();
      boolean firstOrder =
          solver.order() == 1 || i == skipped || (last && lastIsFirstOrder(all.size()));
      steps.add(step(all.get(i), target, firstOrder ? Double.NaN : previousLogSnr));
      previousLogSnr = all.get(i).logSnr();
    }
    return new ImageRoute(steps, SolverLevels.noiseLevels(all.subList(skipped, all.size())));
  }

  private boolean lastIsFirstOrder(int count) {
    return solver.finalSigmaZero()
        || solver.eulerAtFinal()
        || (solver.lowerOrderFinal() && count < FEW_STEPS);
  }

  /**
   * From a noise level to {@code target}.
   *
   * @param target sigma (noise over image) to reach
   * @param previousLogSnr half the log signal-to-noise ratio of the step before; NaN for a step of
   *     order 1
   */
  private StepCoefficients step(SolverLevels.Level level, double target, double previousLogSnr) {
    double alphaCumprod = level.alphaCumprod();
    double targetImage = 1 / Math.sqrt(target * target + 1);
    double noiseRatio = target * targetImage / Math.sqrt(1 - alphaCumprod);
    double logSnr = level.logSnr();
    double h = -Math.log(target) - logSnr; // infinite at the end of a schedule that ends at zero
    double towards = -targetImage * Math.expm1(-h);
    double weight =
        solver.type().equals("heun") ? targetImage * (Math.expm1(-h) / h + 1) : 0.5 * towards;
    double slope = Double.isNaN(previousLogSnr) ? 0 : weight * h / (logSnr - previousLogSnr);
    return new StepCoefficients(
        level.timestep(),
        1,
        Steps.imageFromSample(predictionType, alphaCumprod),
        Steps.imageFromOutput(predictionType, alphaCumprod),
        Double.POSITIVE_INFINITY,
        noiseRatio,
        0,
        towards + slope,
        slope == 0 ? List.of() : List.of(-slope),
        0,
        StepCoefficients.History.PREDICTED_IMAGE);
  }
}
