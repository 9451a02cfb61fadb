package dev.synthorax.diffusion;

import static java.util.Objects.requireNonNull;

/**
 * One step of one noise scheduler as numbers.
 *
 * <p>With {@code x} the latents and {@code e} the network's (guided) output: {@code m = clamp(p x +
 * q e, lo, hi)}, the predicted image; then {@code x' = a x + r e + b m + c h + d z}, where {@code
 * h} is what the step before put into the history and {@code z} is fresh standard normal noise.
 *
 * @param timestep what the network is told; {@code 0 .. trainTimesteps - 1}
 * @param inputScale the network sees {@code inputScale * x}
 * @param p of the latents in the predicted image
 * @param q of the output in the predicted image
 * @param clip bound of the predicted image's magnitude; infinite where it is not clipped
 * @param a of the latents
 * @param r of the output itself; only a clipped step needs it, where the output no longer follows
 *     from {@code m}
 * @param b of the predicted image
 * @param c of the history; 0 where the step has none
 * @param d of fresh noise; 0 where the step draws none
 * @param history what enters the history after this step
 */
public record StepCoefficients(
    float timestep,
    double inputScale,
    double p,
    double q,
    double clip,
    double a,
    double r,
    double b,
    double c,
    double d,
    History history) {

  /** What a step keeps for the next one. */
  public enum History {
    /** Nothing. */
    NONE,
    /** The predicted image, {@code m}. */
    PREDICTED_IMAGE
  }

  public StepCoefficients {
    requireNonNull(history, "history");
    if (!(clip > 0)) {
      throw new IllegalArgumentException("clip: " + clip + " (expected: above 0)");
    }
    double sum = timestep + inputScale + p + q + a + r + b + c + d;
    if (Double.isNaN(sum) || Double.isInfinite(sum)) {
      throw new IllegalArgumentException(
          "coefficients at time step " + timestep + " are not finite (a broken noise schedule)");
    }
  }
}
