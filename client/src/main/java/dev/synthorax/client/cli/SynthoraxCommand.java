package dev.synthorax.client.cli;

import dev.synthorax.client.cli.dataset.DatasetCommand;
import dev.synthorax.client.cli.dataset.PhantomCommand;
import dev.synthorax.client.cli.generation.AugmentCommand;
import dev.synthorax.client.cli.generation.DemoCommand;
import dev.synthorax.client.cli.generation.GenerateCommand;
import dev.synthorax.client.cli.generation.ModelsCommand;
import dev.synthorax.client.cli.metrics.MetricsCommand;
import dev.synthorax.client.cli.reading.ClassifyCommand;
import dev.synthorax.client.cli.reading.SegmentCommand;
import dev.synthorax.client.cli.review.ReviewCommand;
import dev.synthorax.client.cli.stats.ReportCommand;
import dev.synthorax.client.cli.stats.StatsCommand;
import dev.synthorax.client.cli.terminal.CleanPrintWriter;
import dev.synthorax.client.cli.terminal.Terminal;
import dev.synthorax.client.cli.training.TrainCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The root of all commands, and the client's main. */
@Command(
    name = "synthorax",
    description = "Makes synthetic chest radiographs, and serves the models that make them.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      GenerateCommand.class,
      SegmentCommand.class,
      ClassifyCommand.class,
      ModelsCommand.class,
      ServeCommand.class,
      PhantomCommand.class,
      DatasetCommand.class,
      AugmentCommand.class,
      TrainCommand.class,
      ReviewCommand.class,
      MetricsCommand.class,
      StatsCommand.class,
      ReportCommand.class,
      LauncherCommand.Bench.class,
      LauncherCommand.Trainer.class,
      CompletionCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "Start with:",
      "  synthorax demo",
      "  synthorax generate --prompt \"large pleural effusion\" --seed 7 --count 4",
      "",
      "Every command has --help with an example.",
      "Exit codes: 0 done, 1 failed, 2 bad usage."
    })
public final class SynthoraxCommand implements Runnable {
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli injects the spec before it runs anything
  SynthoraxCommand() {}

  /** Runs the command of {@code args} and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(
        execute(
            System.getenv(),
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            args));
  }

  /**
   * Runs one command.
   *
   * @param environment environment variables; {@link dev.synthorax.client.ServerCommand#VARIABLE}
   *     names the server's command
   * @param out where results go
   * @param err where progress and errors go
   * @return 0, 1 or 2
   */
  public static int execute(
      Map<String, String> environment, PrintWriter out, PrintWriter err, String... args) {
    return commandLine(environment, out, err).execute(args);
  }

  static CommandLine commandLine(
      Map<String, String> environment, PrintWriter out, PrintWriter err) {
    CommandLine root =
        new CommandLine(new SynthoraxCommand(), new CommandFactory(environment))
            .setOut(new CleanPrintWriter(out))
            .setErr(new CleanPrintWriter(err, Terminal.isInteractive()))
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExpandAtFiles(false);
    CommandFrame.around(root);
    ErrorLine errors = new ErrorLine();
    root.setParameterExceptionHandler(errors::badUsage);
    root.setExecutionExceptionHandler(errors::failed);
    return root;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "no command (expected: one of " + String.join(", ", CommandFrame.names()) + ")");
  }
}
