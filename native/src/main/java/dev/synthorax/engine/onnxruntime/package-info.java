/**
 * ONNX Runtime on the CPU, behind {@link dev.synthorax.engine.Backend}: one native session a plan,
 * one binding of fixed buffers an execution context, only ONNX Runtime's own CPU kernels. The one
 * public class is its provider.
 */
@NullMarked
package dev.synthorax.engine.onnxruntime;

import org.jspecify.annotations.NullMarked;
