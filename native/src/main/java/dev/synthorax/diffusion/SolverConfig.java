package dev.synthorax.diffusion;

import static java.util.Objects.requireNonNull;

import dev.synthorax.nn.ConfigFields;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the solvers of noise levels read of {@code scheduler_config.json}, as the file says it;
 * {@link NoiseScheduler#of} refuses what is not built.
 *
 * @param order of DPM-Solver++ and UniPC
 * @param algorithm {@code dpmsolver++}; DPM-Solver++ alone reads it
 * @param type {@code midpoint} or {@code heun} of DPM-Solver++, {@code bh1} or {@code bh2} of
 *     UniPC; either takes the other's for its first, UniPC for its second
 * @param lowerOrderFinal whether the last steps are of lower order: DPM-Solver++'s last where there
 *     are fewer than 15, UniPC's in any case
 * @param eulerAtFinal whether DPM-Solver++'s last step is of order 1 in any case
 * @param finalSigmaZero whether it ends at no noise at all instead of the first time step's
 * @param karras whether noise levels are spread as Karras et al. do
 * @param lu whether they are spread evenly by their logarithms; DPM-Solver++ alone reads it
 * @param lambdaMinClipped least half log signal-to-noise ratio that is used; -infinity: all;
 *     DPM-Solver++ alone reads it
 * @param interpolation {@code linear}; Euler alone reads it
 * @param timestepType {@code discrete}; Euler alone reads it
 * @param predictsImage whether UniPC works in the predicted image, not in the noise
 * @param uncorrected steps, from 0, after which UniPC does not correct
 * @param unsupported names of further fields that ask for something not built
 */
public record SolverConfig(
    int order,
    String algorithm,
    String type,
    boolean lowerOrderFinal,
    boolean eulerAtFinal,
    boolean finalSigmaZero,
    boolean karras,
    boolean lu,
    double lambdaMinClipped,
    String interpolation,
    String timestepType,
    boolean predictsImage,
    List<Integer> uncorrected,
    List<String> unsupported) {
  /** Of a file; nothing is refused before it is used. */
  public SolverConfig {
    requireNonNull(algorithm, "algorithm");
    requireNonNull(type, "type");
    requireNonNull(interpolation, "interpolation");
    requireNonNull(timestepType, "timestepType");
    uncorrected = List.copyOf(uncorrected);
    unsupported = List.copyOf(unsupported);
  }

  void requireSupported() {
    if (!unsupported.isEmpty()) {
      throw new IllegalArgumentException(
          unsupported.getFirst() + ": is not built in (expected: absent, null or false)");
    }
  }

  /**
   * Order, algorithm, type and lower order at the end are read of DPM-Solver++'s and UniPC's own
   * files; what else has such fields means something else by them.
   */
  static SolverConfig of(ConfigFields fields) {
    String className = fields.text("_class_name", "");
    boolean own =
        className.startsWith("DPMSolverMultistep") || className.startsWith("UniPCMultistep");
    return new SolverConfig(
        own ? fields.integer("solver_order", 2) : 2,
        own ? fields.text("algorithm_type", "dpmsolver++") : "dpmsolver++",
        own ? fields.text("solver_type", "midpoint") : "midpoint",
        !own || fields.flag("lower_order_final", true),
        fields.flag("euler_at_final", false),
        !fields.text("final_sigmas_type", "zero").equals("sigma_min"),
        fields.flag("use_karras_sigmas", false),
        fields.flag("use_lu_lambdas", false),
        fields.numberOrInfinity("lambda_min_clipped", Double.NEGATIVE_INFINITY),
        fields.text("interpolation_type", "linear"),
        fields.text("timestep_type", "discrete"),
        fields.flag("predict_x0", true),
        fields.counts("disable_corrector"),
        Stream.of(
                "use_beta_sigmas",
                "use_exponential_sigmas",
                "use_flow_sigmas",
                "use_dynamic_shifting",
                "solver_p",
                "sigma_min",
                "sigma_max")
            .filter(name -> fields.has(name) && !fields.get(name).asText().equals("false"))
            .toList());
  }
}
