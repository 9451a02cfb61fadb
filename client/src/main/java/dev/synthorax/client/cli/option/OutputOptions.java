package dev.synthorax.client.cli.option;

import picocli.CommandLine.Option;

/** Options of every command that has something to tell. */
public final class OutputOptions {
  @Option(names = "--json", description = "Answer in JSON, for machines; errors too.")
  private boolean json;

  @Option(names = "--debug", description = "Show where an error came from.")
  @SuppressWarnings("UnusedVariable") // asked of the parse result, where the command has failed
  private boolean debug;

  /** Returns whether machines read the answer. */
  public boolean json() {
    return json;
  }
}
