package dev.synthorax.engine;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
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

  /** Whether a dim is known only when a context is opened. */
  public boolean isDynamic() {
    return shape.contains(DYNAMIC);
  }

  /** Whether the first dim is dynamic: the tensor has one row for each of the batch. */
  public boolean hasRows() {
    return !shape.isEmpty() && shape.getFirst() == DYNAMIC;
  }

  /** Whether no dim but perhaps the first is dynamic. */
  boolean rowsAlone() {
    return shape.lastIndexOf(DYNAMIC) <= 0;
  }

  /**
   * The same tensor with {@code rows} in place of a dynamic first dim.
   *
   * @throws IllegalArgumentException if another dim is dynamic
   */
  public TensorSpec withRows(long rows) {
    if (!rowsAlone()) {
      throw new IllegalArgumentException(
          name + ": " + shape + " (expected: only the first dim is dynamic; give its whole shape)");
    }
    if (!hasRows()) {
      return this;
    }
    var fixed = new ArrayList<>(shape);
    fixed.set(0, rows);
    return new TensorSpec(name, dataType, fixed);
  }

  /**
   * The same tensor with every dim known.
   *
   * @param dims at least 1 each, those of {@link #shape} where they are not dynamic
   * @throws IllegalArgumentException if they do not fit
   */
  public TensorSpec withShape(List<Long> dims) {
    boolean fits = dims.size() == shape.size();
    for (int i = 0; fits && i < dims.size(); i++) {
      long dim = shape.get(i);
      fits = dim == DYNAMIC ? dims.get(i) >= 1 : dim == dims.get(i);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "%s: %s (expected: dims >= 1 that fit %s)".formatted(name, dims, shape));
    }
    return new TensorSpec(name, dataType, dims);
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

  /**
   * Bytes of the whole tensor; see {@link #elements()} and {@link DataType#bytes()}.
   *
   * @throws IllegalStateException if a dim is dynamic, or the elements have no fixed size
   */
  public long byteSize() {
    return Math.multiplyExact(elements(), dataType.bytes());
  }
}
