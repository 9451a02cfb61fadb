package dev.synthorax.diffusion;

import java.util.List;

/**
 * The steps of an image that starts from another one instead of noise alone.
 *
 * @param steps every step, the noisiest first, each with one call of the network; the first reads
 *     no history
 * @param start the level that the other image is noised to, where the first step begins
 */
public record ImageRoute(List<StepCoefficients> steps, NoiseLevel start) {
  /** Copies the list. */
  public ImageRoute {
    steps = List.copyOf(steps);
  }
}
