package dev.synthorax.server.pipeline;

import static java.util.Objects.requireNonNull;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.server.scheduler.PriorityClass;
import org.jspecify.annotations.Nullable;

/**
 * How images are to be made; every choice is taken.
 *
 * @param numInferenceSteps denoising steps of an image
 * @param guidanceScale 1 or less: no guidance
 * @param noiseScheduler the rule
 * @param seed of the first image; image {@code i} has {@code seed + i}, modulo 2^64
 * @param count images
 * @param priority class of the request
 * @param encoding of the finished images
 * @param deadlineNanos on the pipeline's clock; null: none
 */
public record GenerationSettings(
    int numInferenceSteps,
    float guidanceScale,
    NoiseScheduler.Kind noiseScheduler,
    long seed,
    int count,
    PriorityClass priority,
    OutputEncoding encoding,
    @Nullable Long deadlineNanos) {
  public GenerationSettings {
    requireNonNull(noiseScheduler, "noiseScheduler");
    requireNonNull(priority, "priority");
    requireNonNull(encoding, "encoding");
    if (count < 1) {
      throw new IllegalArgumentException("count: " + count + " (expected: at least 1)");
    }
  }
}
