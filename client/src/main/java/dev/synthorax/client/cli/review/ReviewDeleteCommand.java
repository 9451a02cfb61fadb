package dev.synthorax.client.cli.review;

import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.ServerOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Removes a set. */
@Command(
    name = "delete",
    description = "Removes a set, its images and, if so asked, its ratings.",
    sortOptions = false,
    footer = {"", "Example:", "  synthorax review delete pilot --server localhost:8001"})
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class ReviewDeleteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SET", description = "Name of the set.")
  private String set;

  @Option(names = "--with-ratings", description = "Also if it has ratings; they go too.")
  private boolean withRatings;

  @Mixin private ServerOptions serverOptions;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    try (Connection connection = serverOptions.open(spec.commandLine().getErr(), output.json())) {
      ReviewCommand.client(connection).delete(set, withRatings);
    }
    spec.commandLine().getOut().println("Set " + set + " is gone.");
    return ExitCode.OK;
  }
}
