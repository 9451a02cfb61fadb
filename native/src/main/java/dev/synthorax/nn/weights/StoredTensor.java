package dev.synthorax.nn.weights;

import java.lang.foreign.MemorySegment;

/**
 * One tensor of an open {@link SafetensorsFile}.
 *
 * <p><b>Ownership:</b> a view; valid until the file is closed.
 */
public final class StoredTensor {

  private final String name;
  private final ElementType type;
  private final long[] shape;
  private final MemorySegment data;

  StoredTensor(String name, ElementType type, long[] shape, MemorySegment data) {
    this.name = name;
    this.type = type;
    this.shape = shape;
    this.data = data;
  }

  /** Name in the file. */
  public String name() {
    return name;
  }

  /** Type of the elements. */
  public ElementType type() {
    return type;
  }

  /** Dims, outermost first; empty for a scalar. A copy. */
  public long[] shape() {
    return shape.clone();
  }

  /** Number of elements. */
  public long elements() {
    return data.byteSize() / type.bytes();
  }

  /** The elements, row-major, little-endian, read-only. */
  public MemorySegment data() {
    return data;
  }

  /**
   * Copies the elements as F32.
   *
   * @param target room for {@code elements()} F32
   * @throws IllegalArgumentException if the elements are no floating-point numbers
   */
  public void copyAsFloat32(MemorySegment target) {
    FloatConversion.toFloat32(data, type, target);
  }
}
