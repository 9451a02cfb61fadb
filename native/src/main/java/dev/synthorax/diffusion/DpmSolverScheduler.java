package dev.synthorax.diffusion;

import java.util.ArrayList;
import java.util.Arrays;
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

  private final NoiseSchedule schedule;
  private final PredictionType predictionType;
  private final TimestepSpacing spacing;
  private final int offset;
  private final int usedTimesteps;
  private final SigmaSpacing sigmaSpacing;
  private final NoiseSchedulerConfig.Solver solver;

  /** One noise level: what the network is told of it, and what is left of image and noise. */
  private record Level(int timestep, double alphaCumprod, double sigma) {}

  DpmSolverScheduler(NoiseSchedulerConfig config) {
    solver = config.solver();
    requireBuilt(solver);
    schedule = NoiseSchedule.of(config).withTraceOfImage();
    predictionType = config.predictionType();
    spacing = config.spacing(Kind.DPM_SOLVER_PP_2M);
    offset = config.stepsOffset();
    usedTimesteps = schedule.timestepsFrom(solver.lambdaMinClipped());
    if (usedTimesteps < 2
        || (spacing == TimestepSpacing.TRAILING && usedTimesteps < schedule.trainTimesteps())) {
      throw new IllegalArgumentException(
          "lambda_min_clipped: "
              + solver.lambdaMinClipped()
              + " (expected: -Infinity, or a value that leaves time steps and no trailing spacing)");
    }
    sigmaSpacing =
        solver.karras()
            ? SigmaSpacing.KARRAS
            : solver.lu() ? SigmaSpacing.LU : SigmaSpacing.TIMESTEPS;
    if (sigmaSpacing != SigmaSpacing.TIMESTEPS
        && config.betas().schedule() == BetaSchedule.SQUAREDCOS_CAP_V2) {
      throw new IllegalArgumentException(
          "beta_schedule: squaredcos_cap_v2 with "
              + (solver.karras() ? "use_karras_sigmas" : "use_lu_lambdas")
              + " (expected: another schedule; diffusers fails on this one too)");
    }
  }

  private static void requireBuilt(NoiseSchedulerConfig.Solver solver) {
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
    return Kind.DPM_SOLVER_PP_2M;
  }

  @Override
  public int maxInferenceSteps() {
    if (sigmaSpacing != SigmaSpacing.TIMESTEPS) {
      return usedTimesteps;
    }
    return switch (spacing) {
      case LEADING -> usedTimesteps - 1 - offset;
      case LINSPACE -> usedTimesteps - 1;
      case TRAILING -> usedTimesteps;
    };
  }

  @Override
  public List<StepCoefficients> steps(int numInferenceSteps) {
    Steps.requireInRange(numInferenceSteps, maxInferenceSteps());
    List<Level> levels =
        sigmaSpacing == SigmaSpacing.TIMESTEPS
            ? levelsOfTimesteps(numInferenceSteps)
            : levelsOfSigmas(numInferenceSteps);
    var steps = new ArrayList<StepCoefficients>(numInferenceSteps);
    double previousLogSnr = Double.NaN;
    for (int i = 0; i < levels.size(); i++) {
      boolean last = i == levels.size() - 1;
      double target = last ? finalSigma() : levels.get(i + 1).sigma();
      boolean firstOrder =
          solver.order() == 1 || i == 0 || (last && lastIsFirstOrder(levels.size()));
      steps.add(step(levels.get(i), target, firstOrder ? Double.NaN : previousLogSnr));
      previousLogSnr = -Math.log(levels.get(i).sigma());
    }
    return List.copyOf(steps);
  }

  private List<Level> levelsOfTimesteps(int count) {
    int[] timesteps =
        Steps.requireInside(
            spacing.timestepsDroppingLast(count, usedTimesteps, offset), schedule.trainTimesteps());
    return Arrays.stream(timesteps)
        .mapToObj(t -> new Level(t, schedule.alphaCumprod(t), schedule.sigma(t)))
        .toList();
  }

  private List<Level> levelsOfSigmas(int count) {
    double max = schedule.sigma(schedule.trainTimesteps() - 1);
    double[] sigmas = sigmaSpacing.sigmas(count, max, schedule.sigma(0));
    return Arrays.stream(sigmas)
        .mapToObj(
            sigma ->
                new Level(
                    (int) Math.rint(schedule.timestepOf(sigma)), 1 / (sigma * sigma + 1), sigma))
        .toList();
  }

  private boolean lastIsFirstOrder(int count) {
    return solver.finalSigmaZero()
        || solver.eulerAtFinal()
        || (solver.lowerOrderFinal() && count < FEW_STEPS);
  }

  private double finalSigma() {
    return solver.finalSigmaZero() ? 0 : schedule.sigma(0);
  }

  /**
   * From a noise level to {@code target}.
   *
   * @param target sigma (noise over image) to reach
   * @param previousLogSnr half the log signal-to-noise ratio of the step before; NaN for a step of
   *     order 1
   */
  private StepCoefficients step(Level level, double target, double previousLogSnr) {
    double alphaCumprod = level.alphaCumprod();
    double sigma = level.sigma();
    double targetImage = 1 / Math.sqrt(target * target + 1);
    double noiseRatio = target * targetImage / Math.sqrt(1 - alphaCumprod);
    double logSnr = -Math.log(sigma);
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
