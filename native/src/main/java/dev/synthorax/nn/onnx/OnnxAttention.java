package dev.synthorax.nn.onnx;

import static dev.synthorax.nn.onnx.OnnxGraph.attribute;

import dev.synthorax.engine.DataType;
import java.util.Arrays;
import java.util.List;

/**
 * Attention as two products with a softmax in FP32 between them.
 *
 * @param graph takes the nodes
 * @param ops the interpreter, in the scope of the attention
 */
record OnnxAttention(OnnxGraph graph, OnnxOps ops) {

  /** Added to a score that must not count: its softmax is 0, and no sum overflows. */
  private static final float MASKED = -1e30f;

  /** As {@link dev.synthorax.nn.Ops#attention}, whose result has {@code shape}. */
  GraphValue forward(
      GraphValue query, GraphValue key, GraphValue value, boolean causal, long[] shape) {
    // ONNX Runtime fuses transpose and scale into the product; its own fused attention operator
    // would save 3 % of the denoising network and run nowhere else
    GraphValue transposed = ops.permute(key, 0, 1, 3, 2);
    GraphValue scores = ops.widen(scores(query, transposed));
    if (causal) {
      scores = ops.add(scores, causalMask(Math.toIntExact(key.dim(2))));
    }
    GraphValue shares =
        graph.node(
            ops.path(), "Softmax", List.of(scores), List.of(attribute("axis", -1)), scores.dims());
    return product(ops.cast(shares, value.dataType()), value, shape);
  }

  private GraphValue scores(GraphValue query, GraphValue transposed) {
    long[] shape = {query.dim(0), query.dim(1), query.dim(2), transposed.dim(3)};
    double factor = 1 / Math.sqrt((double) query.dim(3));
    if (query.dataType() == DataType.FP32) {
      return ops.scale(product(query, transposed, shape), factor);
    }
    // scaled first: the sums of raw products can pass what FP16 holds
    return product(ops.scale(query, factor), transposed, shape);
  }

  private GraphValue causalMask(int length) {
    float[] mask = new float[length * length];
    for (int i = 0; i < length; i++) {
      Arrays.fill(mask, i * length + i + 1, (i + 1) * length, MASKED);
    }
    return graph.constant(DataType.FP32, mask, length, length);
  }

  private GraphValue product(GraphValue a, GraphValue b, long[] shape) {
    return graph.node(ops.path(), "MatMul", List.of(a, b), List.of(), shape);
  }
}
