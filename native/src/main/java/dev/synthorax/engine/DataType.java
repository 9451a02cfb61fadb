package dev.synthorax.engine;

/** Element types, named as on the wire (Open Inference Protocol). */
public enum DataType {
  /** One byte, 0 or 1. */
  BOOL(1),
  /** Unsigned byte. */
  UINT8(1),
  /** 32-bit signed integer. */
  INT32(4),
  /** 64-bit signed integer. */
  INT64(8),
  /** IEEE half precision. */
  FP16(2),
  /** IEEE single precision. */
  FP32(4);

  private final int bytes;

  DataType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
