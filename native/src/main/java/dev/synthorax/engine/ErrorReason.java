package dev.synthorax.engine;

/**
 * Why numbers could not be made: clients match on it, so a name never changes its meaning. What
 * only a server can say, such as that its queue is full, is the server's own.
 */
public enum ErrorReason {
  /** A value outside its range, or of the wrong kind. */
  INVALID_ARGUMENT,
  /** A tensor, mask or image of the wrong shape. */
  SHAPE_MISMATCH,
  /** Something larger than its limit. */
  TOO_LARGE,
  /** The model's files are broken, or cannot be run. */
  MODEL_FAILED,
  /** No backend here can do it. */
  UNSUPPORTED,
  /** The memory of the device, or of the process, has no room for it. */
  OUT_OF_MEMORY,
  /** A native library failed. */
  BACKEND_FAILURE,
  /** A device broke so that nothing works on it until the process is started again. */
  DEVICE_LOST,
  /** A broken invariant of ours. */
  INTERNAL
}
