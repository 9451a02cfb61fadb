package dev.synthorax.diffusion;

import java.util.List;
import java.util.stream.Stream;

/**
 * A scheduler class of diffusers, and which of our noise schedulers runs a model that was published
 * with it.
 *
 * <p>The rule: DDPM and its distilled relatives, which know time steps alone, run as DDIM; every
 * solver of the noise levels that is not built in runs as DPM-Solver++ 2M.
 *
 * @param className as in {@code scheduler_config.json}
 * @param kind ours
 * @param same whether ours is the same arithmetic; otherwise it takes the other's place
 */
public record PublishedScheduler(String className, NoiseScheduler.Kind kind, boolean same) {
  private static final String SUFFIX = "Scheduler";
  private static final List<String> DDIM = List.of("DDIM", "DDIMParallel");
  private static final List<String> DPM = List.of("DPMSolverMultistep");
  private static final List<String> EULER = List.of("EulerDiscrete");
  private static final List<String> AS_DDIM = List.of("DDPM", "DDPMParallel", "LCM", "TCD");
  private static final List<String> AS_DPM =
      List.of(
          "PNDM",
          "EulerAncestralDiscrete",
          "UniPCMultistep",
          "DPMSolverSinglestep",
          "DPMSolverSDE",
          "DEISMultistep",
          "HeunDiscrete",
          "KDPM2Discrete",
          "KDPM2AncestralDiscrete",
          "LMSDiscrete",
          "SASolver");

  /**
   * The scheduler of that class.
   *
   * @throws IllegalArgumentException if models published with it are of another kind: flow
   *     matching, EDM, inversion
   */
  public static PublishedScheduler of(String className) {
    String name =
        className.endsWith(SUFFIX)
            ? className.substring(0, className.length() - SUFFIX.length())
            : className;
    boolean ddim = DDIM.contains(name);
    boolean dpm = DPM.contains(name);
    if (EULER.contains(name)) {
      return new PublishedScheduler(className, NoiseScheduler.Kind.EULER, true);
    }
    if (ddim || AS_DDIM.contains(name)) {
      return new PublishedScheduler(className, NoiseScheduler.Kind.DDIM, ddim);
    }
    if (dpm || AS_DPM.contains(name)) {
      return new PublishedScheduler(className, NoiseScheduler.Kind.DPM_SOLVER_PP_2M, dpm);
    }
    throw new IllegalArgumentException(
        "_class_name: %s (expected: a noise scheduler of Stable Diffusion 1.x or 2.x: %s)"
            .formatted(className, String.join(", ", names())));
  }

  private static List<String> names() {
    return Stream.of(DDIM, DPM, EULER, AS_DDIM, AS_DPM).flatMap(List::stream).toList();
  }
}
