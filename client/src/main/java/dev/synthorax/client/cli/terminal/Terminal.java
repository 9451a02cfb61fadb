package dev.synthorax.client.cli.terminal;

/** What is known of where a command prints. */
public final class Terminal {
  /** Columns of help, examples and tables of words. */
  public static final int WIDTH = 80;

  /** System property by which the launcher tells that standard error is a terminal. */
  private static final String TERMINAL = "synthorax.terminal";

  private Terminal() {}

  /** Returns whether standard error is one, so that a bar can move on it. */
  public static boolean isInteractive() {
    return Boolean.getBoolean(TERMINAL);
  }
}
