/** {@code metrics}: options in, tables of {@code client.evaluation} out. */
@NullMarked
package dev.synthorax.client.cli.metrics;

import org.jspecify.annotations.NullMarked;
