package dev.synthorax.client.cli.dataset;

import dev.synthorax.client.cli.option.OutputOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Datasets on disk: the parent of {@code dataset inspect}, {@code convert}, {@code merge} and
 * {@code read}.
 */
@Command(
    name = "dataset",
    description = "Looks into datasets, converts, merges and reads them.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DatasetInspectCommand.class,
      DatasetConvertCommand.class,
      DatasetMergeCommand.class,
      DatasetReadCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  synthorax dataset inspect CheXpert-v1.0-small",
      "  synthorax dataset convert CheXpert-v1.0-small --to webdataset \\",
      "      --out chexpert-tar",
      "  synthorax dataset merge siim candid --to folder --out both --prefix",
      "  synthorax dataset read chexpert-tar --threads 8"
    })
@SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // picocli fills and reads the fields
public final class DatasetCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "dataset: no command (expected: inspect, convert, merge or read)");
  }
}
