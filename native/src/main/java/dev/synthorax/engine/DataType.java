package dev.synthorax.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Element types, named as on the wire (Open Inference Protocol). */
public enum DataType {
  /** One byte, 0 or 1. */
  BOOL(1),
  /** Unsigned byte. */
  UINT8(1),
  /** 16-bit unsigned integer. */
  UINT16(2),
  /** 32-bit unsigned integer. */
  UINT32(4),
  /** 64-bit unsigned integer. */
  UINT64(8),
  /** Signed byte. */
  INT8(1),
  /** 16-bit signed integer. */
  INT16(2),
  /** 32-bit signed integer. */
  INT32(4),
  /** 64-bit signed integer. */
  INT64(8),
  /** IEEE half precision. */
  FP16(2),
  /** The upper half of a single. */
  BF16(2),
  /** IEEE single precision. */
  FP32(4),
  /** IEEE double precision. */
  FP64(8),
  /**
   * Strings of bytes, each as long as it likes. No buffer holds them, so a graph that takes or
   * gives them runs by {@link Plan#run} alone.
   */
  BYTES(0);

  private final int bytes;

  DataType(int bytes) {
    this.bytes = bytes;
  }

  /**
   * Bytes of one element.
   *
   * @throws IllegalStateException for {@link #BYTES}
   */
  public int bytes() {
    if (this == BYTES) {
      throw new IllegalStateException("BYTES: its elements have no fixed size");
    }
    return bytes;
  }

  /** Whether elements are floating-point numbers. */
  public boolean isFloat() {
    return switch (this) {
      case FP16, BF16, FP32, FP64 -> true;
      case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, BYTES -> false;
    };
  }

  /**
   * One floating-point element, exactly; an FP64 one rounded to nearest.
   *
   * @param buffer elements of this type, native order, any alignment
   * @param index in elements
   * @throws IllegalStateException if this is no floating-point type
   */
  public float getFloat(MemorySegment buffer, long index) {
    return switch (this) {
      case FP16 -> Float.float16ToFloat(buffer.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, index));
      case BF16 -> Bfloat16.toFloat(buffer.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, index));
      case FP32 -> buffer.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, index);
      case FP64 -> (float) buffer.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, index);
      case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, BYTES -> throw noFloat();
    };
  }

  /**
   * Sets one floating-point element, rounded to nearest, ties to even.
   *
   * @param buffer elements of this type, native order, any alignment
   * @param index in elements
   * @throws IllegalStateException if this is no floating-point type
   */
  public void setFloat(MemorySegment buffer, long index, float value) {
    switch (this) {
      case FP16 ->
          buffer.setAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, index, Float.floatToFloat16(value));
      case BF16 ->
          buffer.setAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, index, Bfloat16.ofFloat(value));
      case FP32 -> buffer.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, index, value);
      case FP64 -> buffer.setAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, index, value);
      case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, BYTES -> throw noFloat();
    }
  }

  /**
   * Several elements at once; as {@link #getFloat}.
   *
   * @param index of the first
   */
  public void getFloats(MemorySegment buffer, long index, float[] to, int count) {
    if (this == FP32) {
      MemorySegment.copy(
          buffer, ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES, to, 0, count);
    } else {
      for (int i = 0; i < count; i++) {
        to[i] = getFloat(buffer, index + i);
      }
    }
  }

  /**
   * Several elements at once; as {@link #setFloat}.
   *
   * @param index of the first
   */
  public void setFloats(MemorySegment buffer, long index, float[] from, int count) {
    if (this == FP32) {
      MemorySegment.copy(
          from, 0, buffer, ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES, count);
    } else {
      for (int i = 0; i < count; i++) {
        setFloat(buffer, index + i, from[i]);
      }
    }
  }

  private IllegalStateException noFloat() {
    return new IllegalStateException(this + ": no floating-point type");
  }
}
