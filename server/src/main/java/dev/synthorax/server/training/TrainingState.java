package dev.synthorax.server.training;

/** Where a job stands; names are in the records. */
public enum TrainingState {
  /** It waits for its turn. */
  QUEUED,
  /** Its process runs, or will in a moment. */
  RUNNING,
  /** Its process is writing a checkpoint, and then it is cancelled. */
  CANCELLING,
  /** The model is whole. */
  FINISHED,
  /** It cannot go on by itself. */
  FAILED,
  /** Somebody ended it. */
  CANCELLED;

  /** Whether nothing more happens by itself. */
  public boolean ended() {
    return switch (this) {
      case QUEUED, RUNNING, CANCELLING -> false;
      case FINISHED, FAILED, CANCELLED -> true;
    };
  }
}
