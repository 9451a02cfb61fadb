package dev.synthorax.client.cli.training;

import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.proto.v1.Training;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a job does until it ends; stopped, it leaves the job alone. */
@Command(
    name = "watch",
    description = "Shows what a job does until it ends; stopped, it leaves the job alone.",
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  synthorax train watch chest-64-0123456789ab --server localhost:8001"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class TrainWatchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "The job, as 'train list' names it.")
  private String name;

  @Option(
      names = "--pictures",
      paramLabel = "DIR",
      description = "Folder for the sheets of sample pictures that the training makes.")
  private @Nullable Path pictures;

  @Mixin private TrainingOptions options;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try (Connection connection = options.open(err);
        TrainView view = new TrainView(err, options.json(), pictures)) {
      Training ended = TrainingOptions.training(connection).watch(name, view);
      view.endBar();
      TrainAnswer.ended(ended, connection.client(), options.again(), options.json(), out);
    }
    return ExitCode.OK;
  }
}
