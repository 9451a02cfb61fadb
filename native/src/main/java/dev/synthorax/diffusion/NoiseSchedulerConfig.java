package dev.synthorax.diffusion;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.ConfigFields;
import dev.synthorax.nn.weights.ModelFile;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of {@code scheduler_config.json} that our noise schedulers read, whichever class wrote
 * the file.
 *
 * @param className {@code _class_name}: the scheduler the model was published with
 * @param betas the variance of the added noise
 * @param predictionType what the network predicts
 * @param timestepSpacing null: each scheduler has its own default, {@link #spacing}
 * @param stepsOffset added to leading time steps; at least 0
 * @param clip bound of the predicted image in DDIM, above 0; infinite where it is not clipped. The
 *     others never clip
 * @param setAlphaToOne whether the last step of DDIM and PNDM ends at no noise at all instead of
 *     the first time step's; null: each has its own default, {@link
 *     #setAlphaToOne(NoiseScheduler.Kind)}
 * @param skipPrkSteps whether PNDM goes without Runge-Kutta steps
 * @param solver what the solvers of noise levels read: DPM-Solver++, UniPC and Euler
 * @param consistency what LCM reads
 */
public record NoiseSchedulerConfig(
    String className,
    Betas betas,
    PredictionType predictionType,
    @Nullable TimestepSpacing timestepSpacing,
    int stepsOffset,
    double clip,
    @Nullable Boolean setAlphaToOne,
    boolean skipPrkSteps,
    SolverConfig solver,
    Consistency consistency) {

  /**
   * The variance of the noise that each training time step adds.
   *
   * @param numTrainTimesteps training time steps; 2 to 100,000
   * @param start first beta, in (0, 1)
   * @param end last beta, in (0, 1)
   * @param schedule how they grow
   * @param trained given one by one instead; null: not
   * @param zeroTerminalSnr whether they are rescaled so that the last time step is noise alone (Lin
   *     et al., arXiv 2305.08891)
   */
  public record Betas(
      int numTrainTimesteps,
      double start,
      double end,
      BetaSchedule schedule,
      @Nullable List<Double> trained,
      boolean zeroTerminalSnr) {
    /**
     * Of a file.
     *
     * @throws IllegalArgumentException naming the field, if a value is out of its range
     */
    public Betas {
      requireNonNull(schedule, "schedule");
      trained = trained == null ? null : List.copyOf(trained);
      if (numTrainTimesteps < 2 || numTrainTimesteps > 100_000) {
        throw new IllegalArgumentException(
            "num_train_timesteps: " + numTrainTimesteps + " (expected: 2 to 100000)");
      }
      if (trained != null && trained.size() != numTrainTimesteps) {
        throw new IllegalArgumentException(
            "trained_betas: %d (expected: one for each of %d training time steps)"
                .formatted(trained.size(), numTrainTimesteps));
      }
      requireFraction("beta_start", start);
      requireFraction("beta_end", end);
      if (trained != null) {
        trained.forEach(beta -> requireFraction("trained_betas", beta));
      }
    }

    private static void requireFraction(String field, double value) {
      if (!(value > 0 && value < 1)) {
        throw new IllegalArgumentException(field + ": " + value + " (expected: above 0, below 1)");
      }
    }
  }

  /**
   * What LCM reads.
   *
   * @param originalInferenceSteps time steps that the model was distilled on; inference picks from
   *     them
   * @param timestepScaling of {@link ConsistencyBoundary}
   */
  public record Consistency(int originalInferenceSteps, double timestepScaling) {}

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public NoiseSchedulerConfig {
    requireNonNull(className, "className");
    requireNonNull(betas, "betas");
    requireNonNull(predictionType, "predictionType");
    requireNonNull(solver, "solver");
    requireNonNull(consistency, "consistency");
    if (stepsOffset < 0 || stepsOffset >= betas.numTrainTimesteps()) {
      throw new IllegalArgumentException(
          "steps_offset: " + stepsOffset + " (expected: 0 to num_train_timesteps - 1)");
    }
    if (!(clip > 0)) {
      throw new IllegalArgumentException("clip_sample_range: " + clip + " (expected: above 0)");
    }
  }

  /** How a scheduler of that kind picks its time steps. */
  public TimestepSpacing spacing(NoiseScheduler.Kind kind) {
    return timestepSpacing == null ? kind.spacing() : timestepSpacing;
  }

  /** Whether the last step of a scheduler of that kind ends at no noise at all. */
  public boolean setAlphaToOne(NoiseScheduler.Kind kind) {
    return setAlphaToOne == null ? kind != NoiseScheduler.Kind.PNDM : setAlphaToOne;
  }

  /**
   * As diffusers' {@code StableDiffusionPipeline} runs any scheduler, whatever its file says:
   * {@code steps_offset} 1 and {@code clip_sample} false.
   */
  public NoiseSchedulerConfig asInStableDiffusionPipeline() {
    return new NoiseSchedulerConfig(
        className,
        betas,
        predictionType,
        timestepSpacing,
        1,
        Double.POSITIVE_INFINITY,
        setAlphaToOne,
        skipPrkSteps,
        solver,
        consistency);
  }

  /**
   * Reads a {@code scheduler_config.json}; unknown fields are ignored, missing ones take the
   * default of the file's class.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file and the field, if it cannot be
   *     read, a value is wrong or asks for what is not built
   */
  public static NoiseSchedulerConfig read(ModelFile file) {
    return of(ConfigFields.read(file));
  }

  /** The same of a file that errors call by its path. */
  public static NoiseSchedulerConfig read(Path file) {
    return read(ModelFile.of(file));
  }

  /**
   * The same from text.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the field
   */
  public static NoiseSchedulerConfig parse(String json) {
    return of(ConfigFields.parse("scheduler config", json));
  }

  private static NoiseSchedulerConfig of(ConfigFields fields) {
    fields.requireNone("thresholding");
    String className = fields.text("_class_name", "DDIMScheduler");
    return fields.build(
        () ->
            new NoiseSchedulerConfig(
                className,
                betas(fields),
                PredictionType.of(fields.text("prediction_type", "epsilon")),
                fields.has("timestep_spacing")
                    ? TimestepSpacing.of(fields.text("timestep_spacing", ""))
                    : null,
                fields.count("steps_offset", 0),
                fields.flag("clip_sample", clipsByDefault(className))
                    ? fields.number("clip_sample_range", 1)
                    : Double.POSITIVE_INFINITY,
                fields.has("set_alpha_to_one") ? fields.flag("set_alpha_to_one", true) : null,
                fields.flag("skip_prk_steps", !className.equals("PNDMScheduler")),
                SolverConfig.of(fields),
                new Consistency(
                    fields.integer("original_inference_steps", 50),
                    fields.number("timestep_scaling", 10))));
  }

  /** A class without that field never clips, so what takes its place does not either. */
  private static boolean clipsByDefault(String className) {
    return className.startsWith("DDIM") || className.startsWith("DDPM");
  }

  private static Betas betas(ConfigFields fields) {
    boolean latent = isLatentByDefault(fields.text("_class_name", ""));
    List<Double> trained = fields.numbers("trained_betas");
    return new Betas(
        fields.integer("num_train_timesteps", trained == null ? 1000 : trained.size()),
        fields.number("beta_start", latent ? 0.00085 : 0.0001),
        fields.number("beta_end", latent ? 0.012 : 0.02),
        BetaSchedule.of(fields.text("beta_schedule", latent ? "scaled_linear" : "linear")),
        trained,
        fields.flag("rescale_betas_zero_snr", false));
  }

  /** The classes whose betas are those of Stable Diffusion where the file does not say. */
  private static boolean isLatentByDefault(String className) {
    return className.equals("LCMScheduler") || className.equals("TCDScheduler");
  }
}
