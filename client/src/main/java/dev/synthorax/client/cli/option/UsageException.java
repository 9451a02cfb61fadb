package dev.synthorax.client.cli.option;

/** Something was asked for that cannot be: one line, exit code 2. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }
}
