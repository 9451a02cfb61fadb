package dev.synthorax.engine;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tensor in memory that the processor reads, in the form in which the Open Inference Protocol
 * sends it. Nothing is checked before {@link Plan#run} does, so that it can tell all that is wrong
 * at once.
 *
 * <p><b>Ownership:</b> a view; its bytes belong to who made it.
 *
 * @param name as in the graph
 * @param dataType element type
 * @param shape row-major dims, all known; at least 0 each
 * @param bytes elements row by row, little-endian, without gaps; of {@link DataType#BYTES} each
 *     element is its length (4 bytes) and then as many bytes. Native memory or an array
 */
public record HostTensor(String name, DataType dataType, List<Long> shape, MemorySegment bytes) {

  private static final ValueLayout.OfInt LENGTH =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Copies the shape. */
  public HostTensor {
    requireNonNull(name, "name");
    requireNonNull(dataType, "dataType");
    requireNonNull(bytes, "bytes");
    shape = List.copyOf(shape);
  }

  /**
   * The elements of {@link DataType#BYTES}, each a slice of {@link #bytes}.
   *
   * @throws IllegalStateException if the bytes are not as many elements as the shape says, or this
   *     is another type
   */
  public List<MemorySegment> strings() {
    String wrong = dataType == DataType.BYTES ? wrongBytes() : dataType + " has no strings";
    if (wrong != null) {
      throw new IllegalStateException(name + ": " + wrong);
    }
    var elements = new ArrayList<MemorySegment>();
    for (long at = 0; at < bytes.byteSize(); ) {
      int length = bytes.get(LENGTH, at);
      elements.add(bytes.asSlice(at + Integer.BYTES, length));
      at += Integer.BYTES + length;
    }
    return elements;
  }

  /** What is wrong with shape or bytes, whatever the graph; null if nothing is. */
  public @Nullable String wrongBytes() {
    if (shape.stream().anyMatch(dim -> dim < 0)) {
      return "shape %s (expected: every dim >= 0)".formatted(shape);
    }
    long elements = 1;
    for (long dim : shape) {
      long high = Math.multiplyHigh(elements, dim);
      elements *= dim;
      if (high != 0 || elements < 0 || elements > Long.MAX_VALUE / Long.BYTES) {
        return "shape %s (expected: fewer elements)".formatted(shape);
      }
    }
    return dataType == DataType.BYTES ? wrongStrings(elements) : wrongSize(elements);
  }

  private @Nullable String wrongSize(long elements) {
    long expected = elements * dataType.bytes();
    return bytes.byteSize() == expected
        ? null
        : "%d bytes (expected: %d, those of %s %s)"
            .formatted(bytes.byteSize(), expected, dataType, shape);
  }

  private @Nullable String wrongStrings(long elements) {
    long size = bytes.byteSize();
    long found = 0;
    for (long at = 0; at < size; found++) {
      long left = size - at - Integer.BYTES;
      int length = left < 0 ? -1 : bytes.get(LENGTH, at);
      if (length < 0 || length > left) {
        return "element %d at byte %d does not end within %d bytes (expected: 4 bytes of length, then the element)"
            .formatted(found, at, size);
      }
      at += Integer.BYTES + length;
    }
    return found == elements
        ? null
        : "%d elements (expected: %d, those of shape %s)".formatted(found, elements, shape);
  }
}
