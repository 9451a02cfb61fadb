package dev.synthorax.client.augment.plan;

/**
 * A plan that cannot be carried out: one line with file, line, key, value and what was expected.
 */
public final class PlanException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure. */
  public PlanException(String message) {
    super(message);
  }
}
