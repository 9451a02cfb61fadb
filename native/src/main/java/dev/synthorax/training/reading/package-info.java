/** Recipes of networks that read radiographs: findings and structures. */
@NullMarked
package dev.synthorax.training.reading;

import org.jspecify.annotations.NullMarked;
