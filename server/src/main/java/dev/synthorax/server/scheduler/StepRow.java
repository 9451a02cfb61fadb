package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import dev.synthorax.diffusion.StepCoefficients;

/**
 * One step of one image: one row of the network without guidance, two with it.
 *
 * @param slot the image's state, moved by the step
 * @param step coefficients of this step
 * @param number of the step, from 1; what its fresh noise is counted by
 * @param guided whether a second, unconditional row is predicted
 * @param guidanceScale {@code g} in {@code e = u + g (c - u)}; read where {@code guided}
 */
public record StepRow(
    LatentSlot slot, StepCoefficients step, int number, boolean guided, float guidanceScale) {
  public StepRow {
    requireNonNull(slot, "slot");
    requireNonNull(step, "step");
  }
}
