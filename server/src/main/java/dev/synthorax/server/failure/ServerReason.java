package dev.synthorax.server.failure;

/** Why the server did not serve a request: clients match on it, so a name never changes. */
public enum ServerReason {
  /** No model of that name or version. */
  MODEL_NOT_FOUND,
  /** The model is still loading. */
  MODEL_LOADING,
  /** The model is there but cannot be used: it did not load, broke, or was unloaded. */
  MODEL_FAILED,
  /** No review set of that name, or no such item in it. */
  REVIEW_NOT_FOUND,
  /** A review set of that name holds something else, or has ratings. */
  REVIEW_CONFLICT,
  /** Another process holds the server's records; that passes. */
  RECORDS_BUSY,
  /** The server's records cannot be used. */
  RECORDS_FAILED,
  /** The server is shutting down. */
  DRAINING,
  /** There is no room among what waits. */
  QUEUE_FULL,
  /** The deadline passed before the work was done. */
  DEADLINE_EXCEEDED,
  /** The caller left. */
  CANCELLED
}
