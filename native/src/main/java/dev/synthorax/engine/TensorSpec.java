package dev.synthorax.engine;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Name, element type and shape of one input or output.
 *
 * @param name as in the graph
 * @param dataType element type
 * @param shape row-major dims; {@link #DYNAMIC} where a dim is known only when a context is opened
 */
public record TensorSpec(String name, DataType dataType, List<Long> shape) {
  /** A dim known only when a context is opened. */
  public static final long DYNAMIC = -1;

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if a dim is below -1
   */
  public TensorSpec {
    requireNonNull(name, "name");
    requireNonNull(dataType, "dataType");
    shape = List.copyOf(shape);
    if (shape.stream().anyMatch(dim -> dim < DYNAMIC)) {
      throw new IllegalArgumentException("shape: " + shape + " (expected: every dim >= -1)");
    }
  }

  /**
   * The same tensor with {@code rows} in place of a dynamic first dim.
   *
   * @throws IllegalStateException if another dim is dynamic
   */
  public TensorSpec withRows(long rows) {
    if (shape.stream().skip(1).anyMatch(dim -> dim == DYNAMIC)) {
      throw new IllegalStateException(
          name + ": " + shape + " (expected: only the first dim is dynamic)");
    }
    if (shape.isEmpty() || shape.getFirst() != DYNAMIC) {
      return this;
    }
    var fixed = new java.util.ArrayList<>(shape);
    fixed.set(0, rows);
    return new TensorSpec(name, dataType, fixed);
  }

  /**
   * Elements of the whole tensor.
   *
   * @throws IllegalStateException if a dim is dynamic
   */
  public long elements() {
    long product = 1;
    for (long dim : shape) {
      if (dim == DYNAMIC) {
        throw new IllegalStateException(name + ": " + shape + " has a dynamic dim");
      }
      product = Math.multiplyExact(product, dim);
    }
    return product;
  }

  /** Bytes of the whole tensor; see {@link #elements()}. */
  public long byteSize() {
    return Math.multiplyExact(elements(), dataType.bytes());
  }
}
