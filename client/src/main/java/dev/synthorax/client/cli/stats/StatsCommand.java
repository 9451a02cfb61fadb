package dev.synthorax.client.cli.stats;

import dev.synthorax.client.cli.option.OutputOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Statistics: the parent of {@code stats compare} and {@code stats power}. */
@Command(
    name = "stats",
    description = "Tests whether arms differ, and plans how many runs that takes.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {StatsCompareCommand.class, StatsPowerCommand.class},
    footer = {
      "",
      "Examples:",
      "  synthorax stats compare runs.csv --baseline real_only --metric f1",
      "  synthorax stats power --n 5 --power 0.8"
    })
@SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // picocli fills and reads the fields
public final class StatsCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "stats: no command (expected: compare or power)");
  }
}
