/**
 * Weights on disk: safetensors files, mapped for reading and written in one piece. Owns the
 * mappings; knows nothing of networks beyond the names of their parameters.
 */
@NullMarked
package dev.synthorax.nn.weights;

import org.jspecify.annotations.NullMarked;
