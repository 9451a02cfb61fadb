/**
 * Networks written once against {@link dev.synthorax.nn.Ops}. Architectures, configuration fields
 * and weight names are those of diffusers and transformers; interpreters train them, emit them as
 * ONNX or count what they cost. Owns no native memory itself.
 */
@NullMarked
package dev.synthorax.nn;

import org.jspecify.annotations.NullMarked;
