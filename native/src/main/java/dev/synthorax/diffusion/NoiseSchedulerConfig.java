package dev.synthorax.diffusion;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * The fields of {@code scheduler_config.json} that DDIM and DPM-Solver++ read.
 *
 * <p>A null field was absent: each noise scheduler then takes its own class's default, as diffusers
 * does when one class is built from another's configuration.
 *
 * @param className {@code _class_name}: the scheduler the model was published with
 * @param numTrainTimesteps training time steps; 2 to 100,000
 * @param betaStart first beta, in (0, 1)
 * @param betaEnd last beta, in (0, 1)
 * @param timestepSpacing null: leading for DDIM, linspace for DPM-Solver++
 * @param stepsOffset added to leading time steps; at least 0
 * @param clipSample null: true for DDIM; DPM-Solver++ never clips
 * @param clipSampleRange bound of the predicted image where it is clipped; above 0
 * @param setAlphaToOne null: true; whether DDIM's last step ends at no noise at all instead of the
 *     first time step's
 * @param finalSigmaZero whether DPM-Solver++ ends at no noise at all instead of the first time
 *     step's
 * @param lowerOrderFinal whether DPM-Solver++ takes its last step at order 1 when there are fewer
 *     than 15
 */
public record NoiseSchedulerConfig(
    String className,
    int numTrainTimesteps,
    double betaStart,
    double betaEnd,
    BetaSchedule betaSchedule,
    PredictionType predictionType,
    @Nullable TimestepSpacing timestepSpacing,
    int stepsOffset,
    @Nullable Boolean clipSample,
    double clipSampleRange,
    @Nullable Boolean setAlphaToOne,
    boolean finalSigmaZero,
    boolean lowerOrderFinal) {

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public NoiseSchedulerConfig {
    requireNonNull(className, "className");
    requireNonNull(betaSchedule, "betaSchedule");
    requireNonNull(predictionType, "predictionType");
    if (numTrainTimesteps < 2 || numTrainTimesteps > 100_000) {
      throw new IllegalArgumentException(
          "num_train_timesteps: " + numTrainTimesteps + " (expected: 2 to 100000)");
    }
    requireFraction("beta_start", betaStart);
    requireFraction("beta_end", betaEnd);
    if (stepsOffset < 0 || stepsOffset >= numTrainTimesteps) {
      throw new IllegalArgumentException(
          "steps_offset: " + stepsOffset + " (expected: 0 to num_train_timesteps - 1)");
    }
    if (!(clipSampleRange > 0) || Double.isInfinite(clipSampleRange)) {
      throw new IllegalArgumentException(
          "clip_sample_range: " + clipSampleRange + " (expected: finite, above 0)");
    }
  }

  private static void requireFraction(String field, double value) {
    if (!(value > 0 && value < 1)) {
      throw new IllegalArgumentException(field + ": " + value + " (expected: above 0, below 1)");
    }
  }

  /**
   * Reads the values of a {@code scheduler_config.json}; unknown fields are ignored.
   *
   * @throws IllegalArgumentException if a value is out of its range, or asks for what is not built:
   *     trained betas, thresholding, Karras-like sigmas, zero terminal SNR, another solver order or
   *     algorithm
   */
  public static NoiseSchedulerConfig of(JsonNode json) {
    for (String unsupported :
        new String[] {
          "trained_betas",
          "thresholding",
          "use_karras_sigmas",
          "use_exponential_sigmas",
          "use_beta_sigmas",
          "use_flow_sigmas",
          "use_lu_lambdas",
          "rescale_betas_zero_snr",
          "euler_at_final"
        }) {
      JsonNode value = json.path(unsupported);
      if (!value.isMissingNode()
          && !value.isNull()
          && !(value.isBoolean() && !value.booleanValue())) {
        throw new IllegalArgumentException(
            unsupported + ": is not supported (expected: absent, null or false)");
      }
    }
    requireEither(json, "algorithm_type", "dpmsolver++");
    requireEither(json, "solver_type", "midpoint");
    if (json.path("solver_order").asInt(2) != 2) {
      throw new IllegalArgumentException(
          "solver_order: " + json.path("solver_order").asInt() + " (expected: 2)");
    }
    return new NoiseSchedulerConfig(
        json.path("_class_name").asText("DDIMScheduler"),
        json.path("num_train_timesteps").asInt(1000),
        json.path("beta_start").asDouble(0.0001),
        json.path("beta_end").asDouble(0.02),
        BetaSchedule.of(json.path("beta_schedule").asText("linear")),
        PredictionType.of(json.path("prediction_type").asText("epsilon")),
        json.path("timestep_spacing").isTextual()
            ? TimestepSpacing.of(json.path("timestep_spacing").asText())
            : null,
        json.path("steps_offset").asInt(0),
        json.path("clip_sample").isBoolean() ? json.path("clip_sample").booleanValue() : null,
        json.path("clip_sample_range").asDouble(1.0),
        json.path("set_alpha_to_one").isBoolean()
            ? json.path("set_alpha_to_one").booleanValue()
            : null,
        !json.path("final_sigmas_type").asText("zero").equals("sigma_min"),
        json.path("lower_order_final").asBoolean(true));
  }

  private static void requireEither(JsonNode json, String field, String only) {
    String value = json.path(field).asText(only);
    if (!value.equals(only)) {
      throw new IllegalArgumentException(field + ": " + value + " (expected: " + only + ")");
    }
  }
}
