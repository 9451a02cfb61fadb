/**
 * Runs networks with libtorch: training with gradients, evaluation, parameters in native memory.
 * Temporaries belong to the caller's {@code PointerScope}; parameters have one owner.
 */
@NullMarked
package dev.synthorax.nn.torch;

import org.jspecify.annotations.NullMarked;
