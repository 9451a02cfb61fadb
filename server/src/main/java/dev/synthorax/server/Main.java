package dev.synthorax.server;

import dev.synthorax.server.text.PlainPrintStream;
import dev.synthorax.server.text.PlainText;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The server's commands: {@code serve}, {@code trainer} and {@code models export}. */
@Command(
    name = "synthorax",
    description = "Serves and trains the models that make and read radiographs.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionLine.class,
    subcommands = {ServeCommand.class, TrainerCommand.class, ModelsCommand.class},
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  private static final int WIDTH = 80; // columns of help
  private static final int LIKE =
      3; // letters that a misspelt option has in common, dashes included

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
    String meant = meant(failure);
    printError(
        command,
        failure.getMessage()
            + (meant == null ? "; see '" : "; did you mean " + meant + "? See '")
            + command.qualifiedName()
            + " --help'");
    return command.exitCodeOnInvalidInput();
  }

  /** Returns the one option that starts as the unknown one does and is about as long, or null. */
  private static @Nullable String meant(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)
        || !unmatched.isUnknownOption()) {
      return null;
    }
    String typed = unmatched.getUnmatched().getFirst().replaceFirst("=.*", "");
    String start = typed.substring(0, Math.min(LIKE, typed.length()));
    List<String> alike =
        failure.getCommandLine().getCommandSpec().options().stream()
            .flatMap(option -> Arrays.stream(option.names()))
            .filter(name -> name.startsWith(start))
            .filter(name -> Math.abs(name.length() - typed.length()) <= 2)
            .toList();
    return alike.size() == 1 ? alike.getFirst() : null;
  }
}
