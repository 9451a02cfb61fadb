package dev.synthorax.nn.onnx;

import dev.synthorax.nn.Ops;
import dev.synthorax.nn.Padding;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The dims of results, where only the first dim may be symbolic. Impossible operands are {@link
 * IllegalArgumentException}s that name the scope.
 *
 * @param path scope of the operation
 */
record GraphShapes(String path) {

  long[] reshape(GraphValue x, long... dims) {
    long[] shape = dims.clone();
    int inferred = -1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == Ops.KEEP) {
        shape[i] = x.dim(i);
      } else if (dims[i] == Ops.INFER && !(i == 0 && x.dim(0) == Ops.DYNAMIC)) {
        inferred = i;
      }
    }
    if (x.dim(0) == Ops.DYNAMIC && shape[0] != Ops.DYNAMIC) {
      throw wrong("reshape to " + Arrays.toString(dims), "the first dim kept or inferred");
    }
    long from = product(x.dims()); // a symbolic batch stands for itself on both sides
    long to = product(shape);
    if (inferred >= 0) {
      shape[inferred] = from / to;
      to *= shape[inferred];
    }
    boolean rowsChange = dims[0] == Ops.INFER && x.dim(0) == Ops.DYNAMIC;
    if (rowsChange ? from % to != 0 : from != to) {
      throw wrong("reshape to " + Arrays.toString(dims), "the elements of " + x.shape());
    }
    return shape;
  }

  long[] concat(int axis, List<GraphValue> parts) {
    long[] shape = parts.getFirst().dims();
    shape[axis] = 0;
    for (GraphValue part : parts) {
      shape[axis] += part.dim(axis);
      long[] others = part.dims();
      others[axis] = shape[axis];
      if (!Arrays.equals(others, shape)) {
        throw wrong("concat of " + part.shape(), "the dims of the other parts");
      }
    }
    return shape;
  }

  long[] slice(GraphValue x, int axis, long from, long to) {
    if (from < 0 || to <= from || to > x.dim(axis)) {
      throw wrong("slice %d..%d".formatted(from, to), "within 0.." + x.dim(axis));
    }
    long[] shape = x.dims();
    shape[axis] = to - from;
    return shape;
  }

  /** NumPy's rule. */
  long[] broadcast(GraphValue a, GraphValue b) {
    int rank = Math.max(a.rank(), b.rank());
    long[] shape = new long[rank];
    for (int i = 1; i <= rank; i++) {
      long left = i <= a.rank() ? a.dim(a.rank() - i) : 1;
      long right = i <= b.rank() ? b.dim(b.rank() - i) : 1;
      if (left != right && left != 1 && right != 1) {
        throw wrong(a.shape() + " with " + b.shape(), "dims that are equal or 1");
      }
      shape[rank - i] = left == 1 ? right : left;
    }
    return shape;
  }

  long[] mean(GraphValue x, boolean keepDims, int... axes) {
    return IntStream.range(0, x.rank())
        .filter(i -> keepDims || Arrays.stream(axes).noneMatch(axis -> axis == i))
        .mapToLong(i -> Arrays.stream(axes).anyMatch(axis -> axis == i) ? 1 : x.dim(i))
        .toArray();
  }

  long[] conv2d(GraphValue x, GraphValue weight, int stride, Padding padding) {
    if (x.rank() != 4 || x.dim(1) != weight.dim(1)) {
      throw wrong("convolution of " + x.shape(), weight.dim(1) + " channels");
    }
    long height = x.dim(2) + padding.top() + padding.bottom() - weight.dim(2);
    long width = x.dim(3) + padding.left() + padding.right() - weight.dim(3);
    if (height < 0 || width < 0) {
      throw wrong("convolution of " + x.shape(), "an image as large as the kernel");
    }
    return new long[] {x.dim(0), weight.dim(0), height / stride + 1, width / stride + 1};
  }

  IllegalArgumentException wrong(String what, String expected) {
    return new IllegalArgumentException("%s: %s (expected: %s)".formatted(path, what, expected));
  }

  private static long product(long[] dims) {
    return Arrays.stream(dims).filter(dim -> dim != Ops.DYNAMIC).reduce(1, Math::multiplyExact);
  }
}
