package dev.synthorax.server;

import dev.synthorax.server.text.PlainPrintStream;
import dev.synthorax.server.text.PlainText;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The server's commands: {@code serve} and {@code trainer}. */
@Command(
    name = "synthorax",
    description = "Serves and trains the models that make and read radiographs.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionLine.class,
    subcommands = {ServeCommand.class, TrainerCommand.class},
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  private static final int WIDTH = 80; // columns of help

  /** Made by picocli. */
  Main() {}

  /**
   * Runs a command and exits: 0 done, 1 failed, 2 bad usage.
   *
   * @param args the command and its options
   */
  public static void main(String[] args) {
    System.setErr(
        new PlainPrintStream(new FileOutputStream(FileDescriptor.err), System.err.charset()));
    SLF4JBridgeHandler.removeHandlersForRootLogger(); // gRPC logs by java.util.logging
    SLF4JBridgeHandler.install();
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setUsageHelpWidth(WIDTH)
        .setUsageHelpAutoWidth(false)
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Main::badUsage);
  }

  /** Prints what went wrong as one line, whatever file names and values it quotes. */
  static void printError(CommandSpec command, @Nullable String message) {
    command
        .commandLine()
        .getErr()
        .println(command.qualifiedName() + ": " + PlainText.line(String.valueOf(message)));
  }

  private static int badUsage(ParameterException failure, String[] arguments) {
    CommandSpec command = failure.getCommandLine().getCommandSpec();
    printError(command, failure.getMessage() + "; see '" + command.qualifiedName() + " --help'");
    return command.exitCodeOnInvalidInput();
  }
}
