package dev.synthorax.server;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The server's commands: {@code serve} and {@code trainer}. */
@Command(
    name = "synthorax",
    description = "Serves and trains the models that make and read radiographs.",
    mixinStandardHelpOptions = true,
    subcommands = {ServeCommand.class, TrainerCommand.class},
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  /** Made by picocli. */
  Main() {}

  /**
   * Runs a command and exits: 0 done, 1 failed, 2 bad usage.
   *
   * @param args the command and its options
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Main::badUsage);
  }

  private static int badUsage(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    command
        .getErr()
        .println(
            "%s: %s; see '%s --help'"
                .formatted(
                    command.getCommandSpec().qualifiedName(),
                    failure.getMessage(),
                    command.getCommandSpec().qualifiedName()));
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }
}
