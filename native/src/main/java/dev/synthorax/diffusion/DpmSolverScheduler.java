package dev.synthorax.diffusion;

import java.util.ArrayList;
import java.util.List;

/**
 * DPM-Solver++ (2M): second order, multistep, midpoint, in the predicted image.
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
  private final boolean finalSigmaZero;
  private final boolean lowerOrderFinal;

  DpmSolverScheduler(NoiseSchedulerConfig config) {
    schedule = NoiseSchedule.of(config);
    predictionType = config.predictionType();
    var given = config.timestepSpacing();
    spacing = given == null ? TimestepSpacing.LINSPACE : given;
    offset = config.stepsOffset();
    finalSigmaZero = config.finalSigmaZero();
    lowerOrderFinal = config.lowerOrderFinal();
  }

  @Override
  public Kind kind() {
    return Kind.DPM_SOLVER_PP_2M;
  }

  @Override
  public int maxInferenceSteps() {
    int train = schedule.trainTimesteps();
    return switch (spacing) {
      case LEADING -> train - 1 - offset;
      case LINSPACE -> train - 1;
      case TRAILING -> train;
    };
  }

  @Override
  public List<StepCoefficients> steps(int numInferenceSteps) {
    Steps.requireInRange(numInferenceSteps, maxInferenceSteps());
    int train = schedule.trainTimesteps();
    int[] timesteps =
        Steps.requireInside(spacing.timestepsDroppingLast(numInferenceSteps, train, offset), train);
    var steps = new ArrayList<StepCoefficients>(numInferenceSteps);
    double previousLogSnr = Double.NaN;
    for (int i = 0; i < timesteps.length; i++) {
      boolean last = i == timesteps.length - 1;
      double target = last ? finalSigma() : schedule.sigma(timesteps[i + 1]);
      boolean firstOrder =
          i == 0 || (last && (finalSigmaZero || (lowerOrderFinal && timesteps.length < FEW_STEPS)));
      steps.add(step(timesteps[i], target, firstOrder ? Double.NaN : previousLogSnr));
      previousLogSnr = -Math.log(schedule.sigma(timesteps[i]));
    }
    return List.copyOf(steps);
  }

  private double finalSigma() {
    return finalSigmaZero ? 0 : schedule.sigma(0);
  }

  /**
   * From the noise level of {@code timestep} to {@code target}.
   *
   * @param target sigma (noise over image) to reach
   * @param previousLogSnr half the log signal-to-noise ratio of the step before; NaN for a step of
   *     order 1
   */
  private StepCoefficients step(int timestep, double target, double previousLogSnr) {
    double alphaCumprod = schedule.alphaCumprod(timestep);
    double sigma = schedule.sigma(timestep);
    double targetImage = 1 / Math.sqrt(target * target + 1);
    double noiseRatio = target * targetImage / Math.sqrt(1 - alphaCumprod);
    double logSnr = -Math.log(sigma);
    double h = -Math.log(target) - logSnr; // infinite at the end of a schedule that ends at zero
    double towards = -targetImage * Math.expm1(-h);
    double slope = Double.isNaN(previousLogSnr) ? 0 : 0.5 * towards * h / (logSnr - previousLogSnr);
    return new StepCoefficients(
        timestep,
        1,
        Steps.imageFromSample(predictionType, alphaCumprod),
        Steps.imageFromOutput(predictionType, alphaCumprod),
        Double.POSITIVE_INFINITY,
        noiseRatio,
        0,
        towards + slope,
        -slope,
        0,
        StepCoefficients.History.PREDICTED_IMAGE);
  }
}
