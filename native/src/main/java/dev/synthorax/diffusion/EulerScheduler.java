package dev.synthorax.diffusion;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Euler's method on the noise levels; ancestral, a step goes below its target and adds noise up to
 * it. After the first step the latents are the image plus {@code sigma} times the noise; that scale
 * of theirs is folded into the first step.
 *
 * @see <a href="https://arxiv.org/abs/2206.00364">Karras et al., algorithm 1 without its second
 *     order</a>
 */
final class EulerScheduler implements NoiseScheduler {
  private final NoiseSchedule schedule;
  private final PredictionType predictionType;
  private final TimestepSpacing spacing;
  private final int offset;
  private final Kind kind;
  private final boolean karras;
  private final boolean endsAtZero;

  /** One noise level: what the network is told of it, and noise over image. */
  private record Level(float timestep, double sigma) {}

  /**
   * Of either kind.
   *
   * @param kind {@code EULER}, or {@code EULER_ANCESTRAL}, which spreads levels as its time steps
   *     lie and ends at no noise, whatever else a file of another class says
   */
  EulerScheduler(Kind kind, NoiseSchedulerConfig config) {
    this.kind = kind;
    SolverConfig solver = config.solver();
    if (kind == Kind.EULER) {
      requireBuilt(solver, config.predictionType());
    }
    schedule = NoiseSchedule.of(config).withTraceOfImage();
    predictionType = config.predictionType();
    spacing = config.spacing(kind);
    offset = config.stepsOffset();
    karras = kind == Kind.EULER && solver.karras();
    endsAtZero = kind == Kind.EULER_ANCESTRAL || solver.finalSigmaZero();
  }

  private static void requireBuilt(SolverConfig solver, PredictionType predictionType) {
    solver.requireSupported();
    if (!solver.interpolation().equals("linear")) {
      throw new IllegalArgumentException(
          "interpolation_type: " + solver.interpolation() + " (expected: linear)");
    }
    if (!solver.timestepType().equals("discrete")
        && predictionType == PredictionType.V_PREDICTION) {
      throw new IllegalArgumentException(
          "timestep_type: "
              + solver.timestepType()
              + " with prediction_type v_prediction (expected: discrete)");
    }
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public int maxInferenceSteps() {
    return spacing.maxSteps(schedule.trainTimesteps(), offset);
  }

  @Override
  public List<StepCoefficients> steps(int numInferenceSteps) {
    return steps(numInferenceSteps, 0, noiseAlone(numInferenceSteps));
  }

  /** What standard normal noise is multiplied by where there is nothing else. */
  private double noiseAlone(int numInferenceSteps) {
    double sigma = levels(numInferenceSteps).getFirst().sigma();
    return spacing == TimestepSpacing.LEADING ? Math.sqrt(sigma * sigma + 1) : sigma;
  }

  @Override
  public ImageRoute fromImage(int numInferenceSteps, int skipped) {
    List<Level> levels = levels(numInferenceSteps);
    Steps.requireSkipped(numInferenceSteps, skipped);
    return new ImageRoute(
        steps(numInferenceSteps, skipped, 1),
        levels.stream().skip(skipped).map(level -> new NoiseLevel(1, level.sigma())).toList(),
        noiseAlone(numInferenceSteps));
  }

  /**
   * Steps from one on.
   *
   * @param start what the latents lack in scale before the first
   */
  private List<StepCoefficients> steps(int numInferenceSteps, int skipped, double start) {
    List<Level> levels = levels(numInferenceSteps);
    var steps = new ArrayList<StepCoefficients>(numInferenceSteps - skipped);
    for (int i = skipped; i < levels.size(); i++) {
      Level next = i < levels.size() - 1 ? levels.get(i + 1) : null;
      steps.add(step(levels.get(i), next, i == skipped ? start : 1));
    }
    return List.copyOf(steps);
  }

  private List<Level> levels(int count) {
    Steps.requireInRange(count, maxInferenceSteps());
    int train = schedule.trainTimesteps();
    float[] timesteps = spacing.fractionalTimesteps(count, train, offset);
    Steps.requireInside(count, timesteps[0], train);
    double[] sigmas = new double[count];
    for (int i = 0; i < count; i++) {
      sigmas[i] = schedule.sigmaBetween(timesteps[i]);
    }
    if (karras) {
      sigmas = SigmaSpacing.KARRAS.sigmas(count, sigmas[0], sigmas[count - 1]);
      for (int i = 0; i < count; i++) {
        timesteps[i] = (float) schedule.timestepOf(sigmas[i]);
      }
    }
    var levels = new ArrayList<Level>(count);
    for (int i = 0; i < count; i++) {
      levels.add(new Level(timesteps[i], sigmas[i]));
    }
    return levels;
  }

  /**
   * {@code x' = image + down noise + up z}, the noise written as {@code (x - image) / sigma};
   * {@code down^2 + up^2 = sigma'^2}.
   */
  private StepCoefficients step(Level level, @Nullable Level next, double start) {
    double sigma = level.sigma();
    double target = next != null ? next.sigma() : endsAtZero ? 0 : schedule.sigma(0);
    double up = kind == Kind.EULER_ANCESTRAL ? fresh(sigma, target) : 0;
    double down = Math.sqrt(target * target - up * up);
    double scale = Math.sqrt(sigma * sigma + 1);
    double p =
        switch (predictionType) {
          case EPSILON -> 1;
          case V_PREDICTION -> 1 / (scale * scale);
        };
    double q =
        switch (predictionType) {
          case EPSILON -> -sigma;
          case V_PREDICTION -> -sigma / scale;
        };
    return new StepCoefficients(
        level.timestep(),
        start / scale,
        p * start,
        q,
        Double.POSITIVE_INFINITY,
        down / sigma * start,
        0,
        1 - down / sigma,
        List.of(),
        up,
        StepCoefficients.History.NONE);
  }

  /** Noise of an ancestral step: as much as there is less of the old. */
  private static double fresh(double sigma, double target) {
    return target * Math.sqrt((sigma - target) * (sigma + target)) / sigma;
  }
}
