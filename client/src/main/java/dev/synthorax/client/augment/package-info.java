/**
 * Runs that make images: what is asked for ({@link dev.synthorax.client.generation.PlannedRequest}),
 * the run itself, and the folder it leaves with its manifest. A manifest is a function of what was
 * asked and of the pixels that came: no times, no machine.
 */
@NullMarked
package dev.synthorax.client.augment;

import org.jspecify.annotations.NullMarked;
