package dev.synthorax.engine;

/**
 * The type that a graph computes in. It is written into the graph, operators that need more range
 * in {@link #FP32} around; a backend computes in no narrower type than the graph says.
 */
public enum Precision {
  /** IEEE single precision; a backend must not replace it by a shorter mantissa, such as TF32. */
  FP32(DataType.FP32),
  /** IEEE half precision. */
  FP16(DataType.FP16),
  /** The upper half of a single. */
  BF16(DataType.BF16);

  private final DataType dataType;

  Precision(DataType dataType) {
    this.dataType = dataType;
  }

  /** Type of a tensor in this precision. */
  public DataType dataType() {
    return dataType;
  }
}
