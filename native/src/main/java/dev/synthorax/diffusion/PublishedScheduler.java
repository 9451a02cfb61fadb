package dev.synthorax.diffusion;

import java.util.List;

/**
 * A scheduler class of diffusers, and which of our noise schedulers runs a model that was published
 * with it.
 *
 * <p>The rule: DDPM and its distilled relatives, which know time steps alone, run as DDIM; every
 * solver of the noise levels that is not built in runs as DPM-Solver++ 2M.
 *
 * @param className as in {@code scheduler_config.json}, with the setting that is not built in where
 *     that is the reason for another
 * @param kind ours
 * @param same whether ours is the same arithmetic; otherwise it takes the other's place
 */
public record PublishedScheduler(String className, NoiseScheduler.Kind kind, boolean same) {
  private static final String SUFFIX = "Scheduler";
  private static final String PNDM = "PNDM";

  /** Classes that one of ours runs. */
  private record Row(NoiseScheduler.Kind kind, boolean same, List<String> classes) {}

  private static final List<Row> TABLE =
      List.of(
          new Row(NoiseScheduler.Kind.DDIM, true, List.of("DDIM", "DDIMParallel")),
          new Row(NoiseScheduler.Kind.DPM_SOLVER_PP_2M, true, List.of("DPMSolverMultistep")),
          new Row(NoiseScheduler.Kind.EULER, true, List.of("EulerDiscrete")),
          new Row(NoiseScheduler.Kind.PNDM, true, List.of(PNDM)),
          new Row(NoiseScheduler.Kind.LCM, true, List.of("LCM")),
          new Row(NoiseScheduler.Kind.EULER_ANCESTRAL, true, List.of("EulerAncestralDiscrete")),
          new Row(NoiseScheduler.Kind.UNIPC, true, List.of("UniPCMultistep")),
          new Row(NoiseScheduler.Kind.DDIM, false, List.of("DDPM", "DDPMParallel", "TCD")),
          new Row(
              NoiseScheduler.Kind.DPM_SOLVER_PP_2M,
              false,
              List.of(
                  "DPMSolverSinglestep",
                  "DPMSolverSDE",
                  "DEISMultistep",
                  "HeunDiscrete",
                  "KDPM2Discrete",
                  "KDPM2AncestralDiscrete",
                  "LMSDiscrete",
                  "SASolver")));

  /**
   * The scheduler of that file's class.
   *
   * @throws IllegalArgumentException if models published with it are of another kind: flow
   *     matching, EDM, inversion
   */
  public static PublishedScheduler of(NoiseSchedulerConfig config) {
    String className = config.className();
    String name =
        className.endsWith(SUFFIX)
            ? className.substring(0, className.length() - SUFFIX.length())
            : className;
    if (name.equals(PNDM) && !config.skipPrkSteps()) {
      return new PublishedScheduler(
          className + " with skip_prk_steps false", NoiseScheduler.Kind.DPM_SOLVER_PP_2M, false);
    }
    return TABLE.stream()
        .filter(row -> row.classes().contains(name))
        .findFirst()
        .map(row -> new PublishedScheduler(className, row.kind(), row.same()))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "_class_name: %s (expected: a noise scheduler of Stable Diffusion 1.x or 2.x: %s)"
                        .formatted(className, String.join(", ", names()))));
  }

  private static List<String> names() {
    return TABLE.stream().flatMap(row -> row.classes().stream()).toList();
  }
}
