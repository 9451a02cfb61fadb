/**
 * Measures of predictions: overlap of masks, ranking of scores. The only place that computes them.
 */
@NullMarked
package dev.synthorax.client.metrics;

import org.jspecify.annotations.NullMarked;
