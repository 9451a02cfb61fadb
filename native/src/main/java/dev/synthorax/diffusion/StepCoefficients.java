package dev.synthorax.diffusion;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.RowOperations;
import java.util.List;

/**
 * One step of one noise scheduler as numbers.
 *
 * <p>With {@code x} the latents and {@code e} the network's (guided) output: {@code m = clamp(p x +
 * q e, lo, hi)}, the predicted image; then {@code x' = a x + r e + b m + sum c_i h_i + d z}, where
 * {@code h_i} is what earlier steps put into the history and {@code z} is fresh standard normal
 * noise.
 *
 * @param timestep what the network is told; {@code 0 .. trainTimesteps - 1}
 * @param inputScale the network sees {@code inputScale * x}
 * @param p of the latents in the predicted image
 * @param q of the output in the predicted image
 * @param clip bound of the predicted image's magnitude; infinite where it is not clipped
 * @param a of the latents
 * @param r of the output itself: a clipped step needs it, where the output no longer follows from
 *     {@code m}, and one that remembers outputs
 * @param b of the predicted image
 * @param c of the history, the newest first; empty where the step reads none
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
    List<Double> c,
    double d,
    History history) {

  /** Entries of the history that any step reads at most. */
  public static final int MAX_HISTORY = RowOperations.Coefficients.MAX_HISTORY;

  /** What a step keeps for later ones. */
  public enum History {
    /** Nothing. */
    NONE,
    /** The predicted image, {@code m}. */
    PREDICTED_IMAGE,
    /** The network's (guided) output, {@code e}. */
    OUTPUT
  }

  /**
   * Numbers of a step.
   *
   * @throws IllegalArgumentException if one is not finite, or the history longer than {@link
   *     #MAX_HISTORY}
   */
  public StepCoefficients {
    requireNonNull(history, "history");
    if (!(clip > 0)) {
      throw new IllegalArgumentException("clip: " + clip + " (expected: above 0)");
    }
    c = List.copyOf(c);
    if (c.size() > MAX_HISTORY) {
      throw new IllegalArgumentException(
          "c: %d of the history (expected: at most %d)".formatted(c.size(), MAX_HISTORY));
    }
    double sum = timestep + inputScale + p + q + a + r + b + d;
    for (double each : c) {
      sum += each;
    }
    if (Double.isNaN(sum) || Double.isInfinite(sum)) {
      throw new IllegalArgumentException(
          "coefficients at time step " + timestep + " are not finite (a broken noise schedule)");
    }
  }

  /** The same step in float32, as it is applied to rows. */
  public RowOperations.Coefficients packed() {
    return new RowOperations.Coefficients(
        (float) p,
        (float) q,
        (float) clip,
        (float) a,
        (float) r,
        (float) b,
        c.stream().map(Double::floatValue).toList(),
        (float) d,
        switch (history) {
          case NONE -> RowOperations.Keep.NONE;
          case PREDICTED_IMAGE -> RowOperations.Keep.PREDICTED_IMAGE;
          case OUTPUT -> RowOperations.Keep.OUTPUT;
        });
  }
}
