package dev.synthorax.client.cli;

import picocli.CommandLine.Option;

/** Options of every command that has something to tell. */
final class OutputOptions {
  @Option(names = "--json", description = "Answer in JSON, for machines; errors too.")
  boolean json;

  @Option(names = "--debug", description = "Show where an error came from.")
  boolean debug;
}
