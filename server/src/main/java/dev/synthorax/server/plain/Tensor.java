package dev.synthorax.server.plain;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.DataType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One input or output with its numbers, as on the wire.
 *
 * <p><b>Ownership:</b> borrows its bytes. <b>Threading:</b> immutable; any thread reads.
 *
 * @param name of the model's input or output
 * @param dataType of its elements
 * @param shape dims, the batch dim included where the model has one
 * @param bytes little-endian, row-major; of {@code BYTES} each element as its length in four bytes
 *     and then itself
 */
public record Tensor(String name, DataType dataType, List<Long> shape, MemorySegment bytes) {
  /** Checks and copies the shape. */
  public Tensor {
    requireNonNull(name, "name");
    requireNonNull(dataType, "dataType");
    shape = List.copyOf(shape);
    requireNonNull(bytes, "bytes");
  }
}
