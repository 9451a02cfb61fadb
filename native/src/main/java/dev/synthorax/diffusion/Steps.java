package dev.synthorax.diffusion;

import java.util.List;

/** What the noise schedulers share. */
final class Steps {
  private Steps() {}

  static void requireInRange(int numInferenceSteps, int max) {
    if (numInferenceSteps < 1 || numInferenceSteps > max) {
      throw new IllegalArgumentException(numInferenceSteps + " steps (expected: 1 to " + max + ")");
    }
  }

  static void requireSkipped(int numInferenceSteps, int skipped) {
    if (skipped < 0 || skipped >= numInferenceSteps) {
      throw new IllegalArgumentException(
          "%d of %d steps skipped (expected: 0 to %d)"
              .formatted(skipped, numInferenceSteps, numInferenceSteps - 1));
    }
  }

  /** The last of steps that know nothing of those before. */
  static ImageRoute last(List<StepCoefficients> all, int skipped, NoiseSchedule schedule) {
    requireSkipped(all.size(), skipped);
    return route(all.subList(skipped, all.size()), schedule);
  }

  /** Steps that each begin where their time step lies. */
  static ImageRoute route(List<StepCoefficients> steps, NoiseSchedule schedule) {
    return new ImageRoute(
        steps,
        steps.stream()
            .map(step -> schedule.alphaCumprod((int) step.timestep()))
            .map(NoiseLevel::ofAlphaCumprod)
            .toList());
  }

  /** Refuses a count whose strided time steps run past the training time steps (a large offset). */
  static int[] requireInside(int[] timesteps, int trainTimesteps) {
    requireInside(timesteps.length, timesteps[0], trainTimesteps);
    return timesteps;
  }

  /** The same, of the first time step alone. */
  static void requireInside(int count, double first, int trainTimesteps) {
    if (first >= trainTimesteps) {
      throw new IllegalArgumentException(
          "%d steps (expected: a count whose first time step, %.0f, is below %d; take fewer)"
              .formatted(count, first, trainTimesteps));
    }
  }

  /** Coefficient of the latents in the predicted image. */
  static double imageFromSample(PredictionType type, double alphaCumprod) {
    return switch (type) {
      case EPSILON -> 1 / Math.sqrt(alphaCumprod);
      case V_PREDICTION -> Math.sqrt(alphaCumprod);
    };
  }

  /** Coefficient of the network's output in the predicted image. */
  static double imageFromOutput(PredictionType type, double alphaCumprod) {
    return switch (type) {
      case EPSILON -> -Math.sqrt((1 - alphaCumprod) / alphaCumprod);
      case V_PREDICTION -> -Math.sqrt(1 - alphaCumprod);
    };
  }
}
