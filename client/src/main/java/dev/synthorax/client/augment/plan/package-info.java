/**
 * What {@code augment} is asked to make: the plan file and its values, each checked when it is
 * read, so that a slip costs nothing. {@link dev.synthorax.client.augment.plan.PlanFile} reads it.
 */
@NullMarked
package dev.synthorax.client.augment.plan;

import org.jspecify.annotations.NullMarked;
