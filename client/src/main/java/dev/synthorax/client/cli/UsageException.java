package dev.synthorax.client.cli;

/** Something was asked for that cannot be: one line, exit code 2. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
