package dev.synthorax.nn.weights;

import dev.synthorax.engine.DataType;
import org.jspecify.annotations.Nullable;

/** Element types of a safetensors file, named as in its header; little-endian. */
public enum ElementType {
  /** One byte, 0 or 1. */
  BOOL(1),
  /** Unsigned byte. */
  U8(1),
  /** Signed byte. */
  I8(1),
  /** Unsigned 16-bit integer. */
  U16(2),
  /** Signed 16-bit integer. */
  I16(2),
  /** IEEE half precision. */
  F16(2),
  /** The upper half of a single. */
  BF16(2),
  /** Unsigned 32-bit integer. */
  U32(4),
  /** Signed 32-bit integer. */
  I32(4),
  /** IEEE single precision. */
  F32(4),
  /** Unsigned 64-bit integer. */
  U64(8),
  /** Signed 64-bit integer. */
  I64(8),
  /** IEEE double precision. */
  F64(8);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** The same type as tensors name it. */
  public DataType dataType() {
    return switch (this) {
      case BOOL -> DataType.BOOL;
      case U8 -> DataType.UINT8;
      case I8 -> DataType.INT8;
      case U16 -> DataType.UINT16;
      case I16 -> DataType.INT16;
      case F16 -> DataType.FP16;
      case BF16 -> DataType.BF16;
      case U32 -> DataType.UINT32;
      case I32 -> DataType.INT32;
      case F32 -> DataType.FP32;
      case U64 -> DataType.UINT64;
      case I64 -> DataType.INT64;
      case F64 -> DataType.FP64;
    };
  }

  /** The type of that name, or null. */
  static @Nullable ElementType find(String name) {
    for (ElementType type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }
}
