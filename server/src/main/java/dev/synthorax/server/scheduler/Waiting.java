package dev.synthorax.server.scheduler;

/**
 * What a forecast knows of an image.
 *
 * @param image itself
 * @param steps still to do
 * @param expires whether it is given up when its deadline passes
 */
record Waiting(Trajectory image, int steps, boolean expires) {
  static Waiting of(Trajectory image) {
    return new Waiting(image, image.remainingSteps(), image.hasDeadline());
  }

  /** One that asks whether it would be in time, and so goes on to its end. */
  static Waiting asking(Trajectory image) {
    return new Waiting(image, image.remainingSteps(), false);
  }

  /** Whether it had steps before. */
  boolean begun() {
    return steps < image.stepsTotal();
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
