/**
 * Measures latency, throughput and what the images are worth, beside a baseline in the same run.
 */
@NullMarked
package dev.synthorax.benchmarks;

import org.jspecify.annotations.NullMarked;
