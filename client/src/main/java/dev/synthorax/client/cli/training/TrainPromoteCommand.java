package dev.synthorax.client.cli.training;

import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has the model of a finished job served under its name. */
@Command(
    name = "promote",
    description = "Has the model of a finished job served under its name.",
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  synthorax train promote chest-64-0123456789ab --server localhost:8001"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class TrainPromoteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "The job, as 'train list' names it.")
  private String name;

  @Mixin private TrainingOptions options;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (Connection connection = options.open(spec.commandLine().getErr())) {
      TrainAnswer.promoted(TrainingOptions.training(connection).promote(name), options.json(), out);
    }
    return ExitCode.OK;
  }
}
