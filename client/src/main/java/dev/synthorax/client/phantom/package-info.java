/**
 * The procedural thorax phantom: analytic anatomy from a seed, projected to a frontal radiograph by
 * Beer-Lambert ray sums, with exact masks and labels. Pure arithmetic: the same seed gives the same
 * bytes on every JVM.
 */
@NullMarked
package dev.synthorax.client.phantom;

import org.jspecify.annotations.NullMarked;
