/**
 * Attacks on a serving process, each bounded in time: what a hostile, careless or unlucky client or
 * operator can do, with its figure and the limit that the figure must keep.
 */
@NullMarked
package dev.synthorax.benchmarks.attack;

import org.jspecify.annotations.NullMarked;
