package dev.synthorax.engine;

/** Why something failed: clients match on it, so a name never changes its meaning. */
public enum ErrorReason {
  /** A value outside its range, or of the wrong kind. */
  INVALID_ARGUMENT,
  /** A tensor, mask or image of the wrong shape. */
  SHAPE_MISMATCH,
  /** Something larger than its limit. */
  TOO_LARGE,
  /** No model of that name or version. */
  MODEL_NOT_FOUND,
  /** The model is there but did not load, or its files are broken. */
  MODEL_FAILED,
  /** The model is still loading. */
  MODEL_LOADING,
  /** The server is shutting down. */
  DRAINING,
  /** The queue has no room. */
  QUEUE_FULL,
  /** No backend here can do it. */
  UNSUPPORTED,
  /** The deadline passed before the work was done. */
  DEADLINE_EXCEEDED,
  /** The caller left. */
  CANCELLED,
  /** A native library failed. */
  BACKEND_FAILURE,
  /** A broken invariant of ours. */
  INTERNAL
}
