package dev.synthorax.client.cli.training;

import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.proto.v1.Training;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Ends a job after a checkpoint; 'train RECIPE.yaml' goes on with it. */
@Command(
    name = "cancel",
    description = "Ends a job after a checkpoint; 'train RECIPE.yaml' goes on with it.",
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  synthorax train cancel chest-64-0123456789ab --server localhost:8001"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class TrainCancelCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "The job, as 'train list' names it.")
  private String name;

  @Mixin private TrainingOptions options;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (Connection connection = options.open(spec.commandLine().getErr())) {
      Training ended = TrainingOptions.training(connection).cancel(name);
      TrainAnswer.list(List.of(ended), options.json(), out);
    }
    return ExitCode.OK;
  }
}
