/**
 * Diffusion arithmetic: noise schedules, noise schedulers as per-step coefficients, the one fused
 * update that applies them, and counter-based noise. Pure Java, no native memory of its own, the
 * same bits on every JVM.
 */
@NullMarked
package dev.synthorax.diffusion;

import org.jspecify.annotations.NullMarked;
