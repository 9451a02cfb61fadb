package dev.synthorax.client.cli.training;

import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists a server's training jobs, newest first. */
@Command(
    name = "list",
    description = "Lists a server's training jobs, newest first.",
    sortOptions = false,
    footer = {"", "Example:", "  synthorax train list --server localhost:8001"})
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class TrainListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private TrainingOptions options;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (Connection connection = options.open(spec.commandLine().getErr())) {
      TrainAnswer.list(TrainingOptions.training(connection).trainings(), options.json(), out);
    }
    return ExitCode.OK;
  }
}
