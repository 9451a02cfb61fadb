/**
 * Whether generated images are what was asked for, and whether they look like what they imitate, in
 * the eyes of networks that never saw what the generator learned from.
 */
@NullMarked
package dev.synthorax.benchmarks.judges;

import org.jspecify.annotations.NullMarked;
