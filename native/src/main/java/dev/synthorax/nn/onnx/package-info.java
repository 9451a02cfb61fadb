/**
 * Networks as ONNX graphs: {@link dev.synthorax.nn.Ops} that emit nodes instead of computing, and
 * the export of whole pipelines into a cache of graphs and widened weights. Owns the files that it
 * writes there; runs nothing.
 */
@NullMarked
package dev.synthorax.nn.onnx;

import org.jspecify.annotations.NullMarked;
