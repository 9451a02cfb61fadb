package dev.synthorax.client.cli.review;

import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.ServerOptions;
import dev.synthorax.proto.v1.CreatePreferenceDatasetResponse;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a dataset of rated images. */
@Command(
    name = "dataset",
    description = "Makes a dataset on the server of a set's rated images, for training.",
    sortOptions = false,
    footer = {"", "Example:", "  synthorax review dataset pilot pilot-1 --server localhost:8001"})
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class ReviewDatasetCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "SET", description = "Name of the set.")
  private String set;

  @Parameters(index = "1", paramLabel = "DATASET", description = "Name of the dataset.")
  private String dataset;

  @Option(
      names = "--reader",
      defaultValue = "",
      paramLabel = "NAME",
      description = "The one reader whose ratings count. Default: the mean over all.")
  private String reader;

  @Mixin private ServerOptions serverOptions;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    CreatePreferenceDatasetResponse made;
    try (Connection connection = serverOptions.open(spec.commandLine().getErr(), output.json())) {
      made = ReviewCommand.client(connection).dataset(set, dataset, reader);
    }
    spec.commandLine()
        .getOut()
        .println(
            "Dataset %s: %d images of %d items, %d pairs of unequal scores"
                .formatted(made.getDataset(), made.getImages(), made.getItems(), made.getPairs()));
    return ExitCode.OK;
  }
}
