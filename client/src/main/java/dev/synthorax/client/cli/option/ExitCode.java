package dev.synthorax.client.cli.option;

/** What the process of a command ends with. */
public final class ExitCode {
  /** The command did what it should. */
  public static final int OK = 0;

  /** The command failed. */
  public static final int FAILED = 1;

  /** The command was asked for something impossible. */
  public static final int BAD_USAGE = 2;

  private ExitCode() {}
}
