/**
 * Training recipes for the networks of {@link dev.synthorax.nn}: data, losses, optimiser, averages,
 * checkpoints with exact resume. Runs in a process of its own, never in the serving one.
 */
@NullMarked
package dev.synthorax.training;

import org.jspecify.annotations.NullMarked;
