package dev.synthorax.client.cli.review;

import dev.synthorax.client.ReviewClient;
import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.UsageException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Images that readers rate: the parent of {@code review create} and the others. */
@Command(
    name = "review",
    description = "Has readers rate images, and gathers what they say.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ReviewCreateCommand.class,
      ReviewListCommand.class,
      ReviewSheetCommand.class,
      ReviewRateCommand.class,
      ReviewExportCommand.class,
      ReviewDatasetCommand.class,
      ReviewDeleteCommand.class
    },
    footer = {
      "",
      "Examples, with a server that keeps the ratings:",
      "  synthorax review create synthorax-out/generate --name pilot \\",
      "      --server localhost:8001",
      "  synthorax review sheet pilot --reader dr-a --out sheet \\",
      "      --server localhost:8001",
      "  synthorax review rate sheet/ratings.csv --set pilot --reader dr-a \\",
      "      --server localhost:8001",
      "  synthorax review export pilot --out ratings.csv --server localhost:8001",
      "",
      "docs/review.md says what readers see and how ratings are used."
    })
@SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // picocli fills and reads the fields
public final class ReviewCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;

  /** The calls of the one server that a command talks to. */
  static ReviewClient client(Connection connection) {
    try {
      return connection.client().review();
    } catch (IllegalStateException e) { // several servers
      throw new UsageException("--server: " + e.getMessage());
    }
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "review: no command (expected: create, list, sheet, rate, export, dataset or delete)");
  }
}
