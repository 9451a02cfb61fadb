package dev.synthorax.diffusion;

import java.util.List;

/**
 * The steps of an image that starts from another one instead of noise alone.
 *
 * @param steps every step, the noisiest first, each with one call of the network; the first reads
 *     no history
 * @param levels where latents lie before each of them
 * @param noiseAlone of the noise where the first step is to begin with nothing of the other image
 */
public record ImageRoute(List<StepCoefficients> steps, List<NoiseLevel> levels, double noiseAlone) {
  /** Copies the lists. */
  public ImageRoute {
    steps = List.copyOf(steps);
    levels = List.copyOf(levels);
    if (levels.size() != steps.size()) {
      throw new IllegalArgumentException(
          "levels: %d (expected: %d, one a step)".formatted(levels.size(), steps.size()));
    }
  }

  /** Of latents whose variance stays: their noise has that of the standard normal. */
  ImageRoute(List<StepCoefficients> steps, List<NoiseLevel> levels) {
    this(steps, levels, 1);
  }

  /** The level that the other image is noised to, where the first step begins. */
  public NoiseLevel start() {
    return levels.getFirst();
  }

  /**
   * Where latents lie after a step.
   *
   * @param number of the step, from 1
   */
  public NoiseLevel after(int number) {
    return number < levels.size() ? levels.get(number) : NoiseLevel.IMAGE_ALONE;
  }
}
