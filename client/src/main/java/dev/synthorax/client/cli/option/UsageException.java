package dev.synthorax.client.cli.option;

/** Something was asked for that cannot be: one line, exit code 2. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates one of a message of one line: what was typed, what was expected. */
  public UsageException(String message) {
    super(message);
  }
}
