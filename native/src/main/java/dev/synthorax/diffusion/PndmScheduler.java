package dev.synthorax.diffusion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Pseudo numerical methods for diffusion models, the linear multistep part alone (PLMS): each step
 * moves along a mean of the last four outputs of the network. The second time step is done twice,
 * so there is one network call more than inference steps.
 *
 * @see <a href="https://arxiv.org/abs/2202.09778">Liu et al., formulas 9 and 12</a>
 */
final class PndmScheduler implements NoiseScheduler {
  /** Adams-Bashforth weights by order, the newest output first. */
  private static final double[][] WEIGHTS = {
    {1},
    {3 / 2.0, -1 / 2.0},
    {23 / 12.0, -16 / 12.0, 5 / 12.0},
    {55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0}
  };

  private final NoiseSchedule schedule;
  private final PredictionType predictionType;
  private final TimestepSpacing spacing;
  private final int offset;
  private final double finalAlphaCumprod;

  /** {@code x' = sample x + output e}. */
  private record Transfer(double sample, double output) {}

  PndmScheduler(NoiseSchedulerConfig config) {
    if (!config.skipPrkSteps()) {
      throw new IllegalArgumentException(
          "skip_prk_steps: false (expected: true; Runge-Kutta steps are not built in)");
    }
    if (config.betas().zeroTerminalSnr()) {
      throw new IllegalArgumentException(
          "rescale_betas_zero_snr: true (expected: absent or false; PNDM would divide by zero)");
    }
    schedule = NoiseSchedule.of(config);
    predictionType = config.predictionType();
    spacing = config.spacing(Kind.PNDM);
    offset = config.stepsOffset();
    finalAlphaCumprod = config.setAlphaToOne(Kind.PNDM) ? 1 : schedule.alphaCumprod(0);
  }

  @Override
  public Kind kind() {
    return Kind.PNDM;
  }

  @Override
  public int maxInferenceSteps() {
    return spacing.maxSteps(schedule.trainTimesteps(), offset);
  }

  @Override
  public List<StepCoefficients> steps(int numInferenceSteps) {
    return fromImage(numInferenceSteps, 0).steps();
  }

  @Override
  public ImageRoute fromImage(int numInferenceSteps, int skipped) {
    Steps.requireInRange(numInferenceSteps, maxInferenceSteps());
    Steps.requireSkipped(numInferenceSteps, skipped);
    int train = schedule.trainTimesteps();
    int[] all = Steps.requireInside(spacing.timesteps(numInferenceSteps, train, offset), train);
    int[] timesteps = Arrays.copyOfRange(all, skipped, all.length);
    int stride = train / numInferenceSteps;
    var steps = new ArrayList<StepCoefficients>(timesteps.length + 1);
    Transfer first = transfer(timesteps[0], timesteps[0] - stride);
    steps.add(step(timesteps[0], first, WEIGHTS[0]));
    if (timesteps.length > 1) {
      steps.add(again(timesteps[1], transfer(timesteps[1] + stride, timesteps[1]), first));
    }
    for (int i = 1; i < timesteps.length; i++) {
      Transfer transfer = transfer(timesteps[i], timesteps[i] - stride);
      double[] weights = WEIGHTS[Math.min(i, WEIGHTS.length - 1)];
      steps.add(step(timesteps[i], transfer, weights));
    }
    return Steps.route(steps, schedule);
  }

  /**
   * Repeats the first step by the mean of both its ends. Where it started, {@code s}, follows from
   * where it led, {@code x = first.sample s + first.output h}; its output is the history {@code h}.
   */
  private static StepCoefficients again(int timestep, Transfer transfer, Transfer first) {
    double sample = transfer.sample() / first.sample();
    return coefficients(
        timestep,
        sample,
        transfer.output() / 2,
        List.of(transfer.output() / 2 - sample * first.output()),
        StepCoefficients.History.NONE);
  }

  private static StepCoefficients step(int timestep, Transfer transfer, double[] weights) {
    var earlier = new ArrayList<Double>();
    for (int i = 1; i < weights.length; i++) {
      earlier.add(transfer.output() * weights[i]);
    }
    return coefficients(
        timestep,
        transfer.sample(),
        transfer.output() * weights[0],
        earlier,
        StepCoefficients.History.OUTPUT);
  }

  private static StepCoefficients coefficients(
      int timestep, double a, double r, List<Double> c, StepCoefficients.History history) {
    return new StepCoefficients(
        timestep, 1, 0, 0, Double.POSITIVE_INFINITY, a, r, 0, c, 0, history);
  }

  /** Formula 9 from one time step to another; below 0 lies the end of the schedule. */
  private Transfer transfer(int from, int to) {
    double alpha = schedule.alphaCumprod(from);
    double target = to >= 0 ? schedule.alphaCumprod(to) : finalAlphaCumprod;
    double sample = Math.sqrt(target / alpha);
    double noise =
        -(target - alpha)
            / (alpha * Math.sqrt(1 - target) + Math.sqrt(alpha * (1 - alpha) * target));
    return switch (predictionType) {
      case EPSILON -> new Transfer(sample, noise);
      case V_PREDICTION ->
          new Transfer(sample + noise * Math.sqrt(1 - alpha), noise * Math.sqrt(alpha));
    };
  }
}
