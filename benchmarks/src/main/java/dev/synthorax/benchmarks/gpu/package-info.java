/** Measurements of a GPU: what {@code benchmarks/gpu/run} runs on a host that has one. */
@NullMarked
package dev.synthorax.benchmarks.gpu;

import org.jspecify.annotations.NullMarked;
