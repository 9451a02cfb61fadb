/**
 * Evaluations: mask folders, image sets and data sets in, tables of metrics out. What the commands
 * and reports share; the arithmetic is in {@link dev.synthorax.client.metrics}.
 */
@NullMarked
package dev.synthorax.client.evaluation;

import org.jspecify.annotations.NullMarked;
