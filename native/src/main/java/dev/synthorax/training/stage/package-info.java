/**
 * What recipes are made of: stages with identities over a work folder, samples, the loop that
 * learns, its optimiser and losses.
 */
@NullMarked
package dev.synthorax.training.stage;

import org.jspecify.annotations.NullMarked;
