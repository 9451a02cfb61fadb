/**
 * ONNX Runtime behind {@link dev.synthorax.engine.Backend}: one native session a plan, one binding
 * of fixed buffers an execution context. On the processor only its own kernels run; on NVIDIA's
 * graphics processors its CUDA provider. The public classes are the two providers.
 */
@NullMarked
package dev.synthorax.engine.onnxruntime;

import org.jspecify.annotations.NullMarked;
