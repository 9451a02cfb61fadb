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
  /** No dataset of that name. */
  DATASET_NOT_FOUND,
  /** What is asked of a dataset does not fit what is there, or how it is used. */
  DATASET_CONFLICT,
  /** No training job of that name. */
  TRAINING_NOT_FOUND,
  /** What is asked of a training job does not fit its state, or another job. */
  TRAINING_CONFLICT,
  /** This server cannot train: its data folder is another's, or cannot be written. */
  TRAINING_UNAVAILABLE,
  /** The disk of the data folder has no room. */
  DISK_FULL,
  /** The call has no token, or one that the server does not know. */
  UNAUTHENTICATED,
  /** The caller may not ask this. */
  PERMISSION_DENIED,
  /** The caller asks more than it was granted; that passes. */
  QUOTA_EXCEEDED,
  /** The server is shutting down. */
  DRAINING,
  /** There is no room among what waits. */
  QUEUE_FULL,
  /** It waited longer in the queue than it or the model allows. */
  QUEUE_TIMEOUT,
  /** The deadline passed before the work was done. */
  DEADLINE_EXCEEDED,
  /** The caller left. */
  CANCELLED
}
