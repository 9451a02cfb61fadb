package dev.synthorax.server.scheduler;

/**
 * An image in a {@link StepOrder}.
 *
 * <p><b>Threading:</b> the order's; what it shows is the order's to change.
 */
final class Ticket {
  private final Trajectory image;
  private final RequestTurn request;
  private final long number;
  boolean waits = true;
  boolean begun;

  Ticket(Trajectory image, RequestTurn request, long number, boolean begun) {
    this.image = image;
    this.request = request;
    this.number = number;
    this.begun = begun;
  }

  Trajectory image() {
    return image;
  }

  RequestTurn request() {
    return request;
  }

  /** How many came before it. */
  long number() {
    return number;
  }

  /** Whether it is in the order. */
  boolean waits() {
    return waits;
  }

  /** Whether it has a slot. */
  boolean begun() {
    return begun;
  }

  int rows() {
    return image.rows();
  }
}
