package dev.synthorax.client.cli.dataset;

import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.dataset.Dataset;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Writes a dataset in another format. */
@Command(
    name = "convert",
    description = "Writes a dataset in another format; tells what that cannot hold.",
    sortOptions = false,
    footer = {
      "",
      "A missing image stops the command before it starts, a damaged one when it is",
      "read, unless --skip-missing or --keep-going leaves it out.",
      "",
      "Examples:",
      "  synthorax dataset convert CheXpert-v1.0-small --to webdataset \\",
      "      --out chexpert-tar",
      "  synthorax dataset convert siim --to nnunet --structure pneumothorax \\",
      "      --out nnUNet_raw/Dataset001_PTX",
      "  synthorax dataset convert CheXpert-v1.0-small --to nih \\",
      "      --uncertain zeros --out as-nih"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class DatasetConvertCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private DatasetSource source;

  @Mixin private DatasetTarget target;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    target.check();
    Dataset dataset = source.open(err, target.readOptions());
    target.write(
        dataset.images(),
        dataset.format(),
        dataset.leftOut(),
        output.json(),
        spec.commandLine().getOut(),
        err);
    return ExitCode.OK;
  }
}
