package dev.synthorax.client.cli.dataset;

import dev.synthorax.client.cli.option.DatasetOptionNames;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Split;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
      "      --uncertain zeros --out as-nih",
      "  synthorax dataset convert films --to shards --split train --out train"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class DatasetConvertCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private DatasetSource source;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      converter = DatasetOptionNames.OfSplit.class,
      description = "Only images of this split: train, validation or test (default: all images).")
  private @Nullable Split split;

  @Mixin private DatasetTarget target;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    target.check();
    Dataset dataset = source.open(err, target.readOptions());
    target.write(
        images(dataset),
        dataset.format(),
        dataset.leftOut(),
        output.json(),
        spec.commandLine().getOut(),
        err);
    return ExitCode.OK;
  }

  private List<DatasetImage> images(Dataset dataset) throws IOException {
    Split wanted = split;
    if (wanted == null) {
      return dataset.images();
    }
    List<DatasetImage> images =
        dataset.images().stream().filter(image -> image.info().split() == wanted).toList();
    if (images.isEmpty()) {
      Set<String> splits = new TreeSet<>();
      dataset.images().forEach(image -> splits.add(name(image.info().split())));
      throw new IOException(
          "--split "
              + wanted.wireName()
              + ": no image of "
              + source.folder()
              + " is in it (expected: one of "
              + String.join(", ", splits)
              + ")");
    }
    return images;
  }

  private static String name(@Nullable Split split) {
    return split == null ? "none at all" : split.wireName();
  }
}
