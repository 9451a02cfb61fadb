package dev.synthorax.client.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.stream.Stream;

/** Runs a command as its process would, with an environment that starts no server. */
public final class CommandRun {
  private CommandRun() {}

  /**
   * Runs {@code synthorax COMMAND ARGUMENTS}.
   *
   * @param out gets what it answers
   * @param err gets what it says besides
   * @return the exit code
   */
  public static int execute(
      StringWriter out, StringWriter err, String command, String... arguments) {
    return SynthoraxCommand.execute(
        Map.of(),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        Stream.concat(Stream.of(command), Stream.of(arguments)).toArray(String[]::new));
  }
}
