package dev.synthorax.server.config;

import dev.synthorax.diffusion.NoiseScheduler;
import org.jspecify.annotations.Nullable;

/**
 * What a request gets where it leaves a choice.
 *
 * @param numInferenceSteps 1 to 1,000
 * @param guidanceScale 0 to 30; 1 or less: no guidance
 * @param noiseScheduler by its constant's name; null: the one that the model was published with, or
 *     what takes its place
 */
public record GenerationDefaults(
    int numInferenceSteps, float guidanceScale, NoiseScheduler.@Nullable Kind noiseScheduler) {

  /** Few steps, moderate guidance. */
  public static final GenerationDefaults DEFAULT = new GenerationDefaults(20, 4.0f, null);

  /**
   * Checks.
   *
   * @throws IllegalArgumentException naming the key
   */
  public GenerationDefaults {
    if (numInferenceSteps < 1 || numInferenceSteps > 1000) {
      throw new IllegalArgumentException(
          "num-inference-steps: " + numInferenceSteps + " (expected: 1 to 1000)");
    }
    if (!(guidanceScale >= 0 && guidanceScale <= 30)) {
      throw new IllegalArgumentException(
          "guidance-scale: " + guidanceScale + " (expected: 0 to 30)");
    }
  }
}
