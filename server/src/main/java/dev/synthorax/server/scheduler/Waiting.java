package dev.synthorax.server.scheduler;

/**
 * What a forecast knows of an image.
 *
 * @param image itself
 * @param level class at the time, waiting counted in
 * @param steps still to do
 * @param expiresNanos from the time on; infinite where it has no deadline
 */
record Waiting(Trajectory image, int level, int steps, double expiresNanos) {
  static Waiting of(Trajectory image, long nowNanos) {
    return new Waiting(
        image,
        image.levelAt(nowNanos),
        image.remainingSteps(),
        image.hasDeadline() ? image.dueNanos() - nowNanos : Double.POSITIVE_INFINITY);
  }

  /** The order in which steps are taken, as {@link StepOrder} has it. */
  static int compare(Waiting one, Waiting other) {
    if (one.level != other.level) {
      return Integer.compare(other.level, one.level);
    }
    int byDue = Long.signum(one.image.dueNanos() - other.image.dueNanos());
    if (byDue != 0) {
      return byDue;
    }
    int byArrival = Long.signum(one.image.arrivalNanos() - other.image.arrivalNanos());
    return byArrival != 0
        ? byArrival
        : Long.compare(one.image.admission(), other.image.admission());
  }

  /** Rows of all its steps. */
  long rowSteps() {
    return (long) rows() * steps;
  }

  int rows() {
    return image.rows();
  }

  int controlRows() {
    return image.controlRows();
  }
}
