package dev.synthorax.client;

import static java.util.Objects.requireNonNull;

import dev.synthorax.proto.v1.NoiseScheduler;

/** What people call a noise scheduler, in commands and manifests. */
public final class NoiseSchedulerName {
  private NoiseSchedulerName() {}

  /** Returns the name, such as {@code dpm++}; {@code unknown} if a newer server sent it. */
  public static String of(NoiseScheduler scheduler) {
    return switch (scheduler) {
      case NOISE_SCHEDULER_DDIM -> "ddim";
      case NOISE_SCHEDULER_DPM_SOLVER_PP_2M -> "dpm++";
      case NOISE_SCHEDULER_EULER -> "euler";
      case NOISE_SCHEDULER_PNDM -> "pndm";
      case NOISE_SCHEDULER_LCM -> "lcm";
      case NOISE_SCHEDULER_DPM_SOLVER_PP_2M_KARRAS -> "dpm++-karras";
      case NOISE_SCHEDULER_EULER_ANCESTRAL -> "euler-ancestral";
      case NOISE_SCHEDULER_UNIPC -> "unipc";
      case NOISE_SCHEDULER_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }

  /**
   * Returns the noise scheduler of a name.
   *
   * @throws IllegalArgumentException if no noise scheduler has that name
   */
  public static NoiseScheduler parse(String name) {
    return switch (requireNonNull(name, "name")) {
      case "ddim" -> NoiseScheduler.NOISE_SCHEDULER_DDIM;
      case "dpm++" -> NoiseScheduler.NOISE_SCHEDULER_DPM_SOLVER_PP_2M;
      case "euler" -> NoiseScheduler.NOISE_SCHEDULER_EULER;
      case "pndm" -> NoiseScheduler.NOISE_SCHEDULER_PNDM;
      case "lcm" -> NoiseScheduler.NOISE_SCHEDULER_LCM;
      case "dpm++-karras" -> NoiseScheduler.NOISE_SCHEDULER_DPM_SOLVER_PP_2M_KARRAS;
      case "euler-ancestral" -> NoiseScheduler.NOISE_SCHEDULER_EULER_ANCESTRAL;
      case "unipc" -> NoiseScheduler.NOISE_SCHEDULER_UNIPC;
      default ->
          throw new IllegalArgumentException(
              "'"
                  + name
                  + "' (expected: ddim, dpm++, dpm++-karras, euler, euler-ancestral, pndm, lcm or"
                  + " unipc)");
    };
  }
}
