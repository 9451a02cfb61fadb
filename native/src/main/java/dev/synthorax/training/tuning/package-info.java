/** Recipes that tune a finished pipeline: in fewer steps, by a reader, by readers' preferences. */
@NullMarked
package dev.synthorax.training.tuning;

import org.jspecify.annotations.NullMarked;
