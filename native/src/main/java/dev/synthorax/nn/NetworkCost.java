package dev.synthorax.nn;

/**
 * What one pass through a network costs, without any fusion: the two sides of the roofline.
 *
 * @param parameters elements of all learned tensors
 * @param multiplyAdds multiplications with an addition in convolutions, linear layers and attention
 * @param activationElements elements of values read and written by all operations, parameters apart
 */
public record NetworkCost(long parameters, long multiplyAdds, long activationElements) {

  /** Floating-point operations: two a multiply-add. */
  public long flops() {
    return 2 * multiplyAdds;
  }

  /**
   * Bytes that cross memory if no value stays in a cache.
   *
   * @param elementBytes 4 for FP32, 2 for FP16
   */
  public long bytes(int elementBytes) {
    return (parameters + activationElements) * elementBytes;
  }
}
