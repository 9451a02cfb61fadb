package dev.synthorax.diffusion;

import java.util.Arrays;
import java.util.List;

/**
 * The noise levels that a multistep solver in the predicted image goes through, the noisiest first,
 * and the one that its last step ends at.
 */
final class SolverLevels {
  private final NoiseSchedule schedule;
  private final TimestepSpacing spacing;
  private final int offset;
  private final int usedTimesteps;
  private final SigmaSpacing sigmaSpacing;
  private final boolean endsAtZero;

  /** One noise level: what the network is told of it, and what is left of image and noise. */
  record Level(int timestep, double alphaCumprod, double sigma) {
    /** Half the log signal-to-noise ratio. */
    double logSnr() {
      return -Math.log(sigma);
    }
  }

  /**
   * Levels.
   *
   * @param kind whose spacing of time steps is taken where the file does not say
   * @param lambdaMin least half log signal-to-noise ratio that is used; -infinity: all
   * @throws IllegalArgumentException naming the field, if they cannot be made
   */
  SolverLevels(
      NoiseSchedulerConfig config,
      NoiseScheduler.Kind kind,
      SigmaSpacing sigmaSpacing,
      double lambdaMin) {
    this.sigmaSpacing = sigmaSpacing;
    schedule = NoiseSchedule.of(config).withTraceOfImage();
    spacing = config.spacing(kind);
    offset = config.stepsOffset();
    endsAtZero = config.solver().finalSigmaZero();
    usedTimesteps = schedule.timestepsFrom(lambdaMin);
    if (usedTimesteps < 2
        || (spacing == TimestepSpacing.TRAILING && usedTimesteps < schedule.trainTimesteps())) {
      throw new IllegalArgumentException(
          "lambda_min_clipped: "
              + lambdaMin
              + " (expected: -Infinity, or a value that leaves time steps and no trailing"
              + " spacing)");
    }
    if (sigmaSpacing != SigmaSpacing.TIMESTEPS
        && config.betas().schedule() == BetaSchedule.SQUAREDCOS_CAP_V2) {
      throw new IllegalArgumentException(
          "beta_schedule: squaredcos_cap_v2 with "
              + (sigmaSpacing == SigmaSpacing.KARRAS ? "use_karras_sigmas" : "use_lu_lambdas")
              + " (expected: another schedule; diffusers fails on this one too)");
    }
  }

  static List<NoiseLevel> noiseLevels(List<Level> levels) {
    return levels.stream().map(level -> NoiseLevel.ofAlphaCumprod(level.alphaCumprod())).toList();
  }

  int maxInferenceSteps() {
    if (sigmaSpacing != SigmaSpacing.TIMESTEPS) {
      return usedTimesteps;
    }
    return switch (spacing) {
      case LEADING -> usedTimesteps - 1 - offset;
      case LINSPACE -> usedTimesteps - 1;
      case TRAILING -> usedTimesteps;
    };
  }

  /**
   * The levels of so many steps.
   *
   * @throws IllegalArgumentException if {@code count} is out of its range
   */
  List<Level> of(int count) {
    Steps.requireInRange(count, maxInferenceSteps());
    return sigmaSpacing == SigmaSpacing.TIMESTEPS ? ofTimesteps(count) : ofSigmas(count);
  }

  /** Where the last step ends, as noise over image. */
  double finalSigma() {
    return endsAtZero ? 0 : schedule.sigma(0);
  }

  private List<Level> ofTimesteps(int count) {
    int[] timesteps =
        Steps.requireInside(
            spacing.timestepsDroppingLast(count, usedTimesteps, offset), schedule.trainTimesteps());
    return Arrays.stream(timesteps)
        .mapToObj(t -> new Level(t, schedule.alphaCumprod(t), schedule.sigma(t)))
        .toList();
  }

  private List<Level> ofSigmas(int count) {
    double max = schedule.sigma(schedule.trainTimesteps() - 1);
    double[] sigmas = sigmaSpacing.sigmas(count, max, schedule.sigma(0));
    return Arrays.stream(sigmas)
        .mapToObj(
            sigma ->
                new Level(
                    (int) Math.rint(schedule.timestepOf(sigma)), 1 / (sigma * sigma + 1), sigma))
        .toList();
  }
}
