package dev.synthorax.client.cli.dataset;

import dev.synthorax.client.cli.option.DatasetOptionNames;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.FormatOption;
import dev.synthorax.client.dataset.format.ReadOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which dataset a command reads, and how. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields before the command runs
final class DatasetSource {
  @Parameters(paramLabel = "DIR", description = "Folder of the dataset.")
  private Path folder;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = DatasetOptionNames.OfFormat.class,
      completionCandidates = DatasetOptionNames.Formats.class,
      description = "One of ${COMPLETION-CANDIDATES} (default: found out).")
  private @Nullable DatasetFormat format;

  @Option(
      names = "--chexmask",
      paramLabel = "FILE",
      description =
          "CheXmask table with lungs and heart, of candid-ptx, nih, chexpert and mimic-cxr-jpg; of"
              + " siim and rsna if its ids are theirs.")
  private @Nullable Path cheXmask;

  Path folder() {
    return folder;
  }

  /** Reads the tables, and prints what is odd in them. */
  Dataset open(PrintWriter err, ReadOptions options) throws IOException {
    DatasetFormat found = format == null ? detect() : format;
    ReadOptions all = options;
    if (cheXmask != null) {
      try {
        FormatOption.CHEXMASK.require(found, "--chexmask " + cheXmask);
      } catch (IllegalArgumentException e) {
        throw new UsageException(String.valueOf(e.getMessage()));
      }
      all = options.withCheXmask(cheXmask);
    }
    return open(found, folder, err, all);
  }

  private DatasetFormat detect() throws IOException {
    try {
      return DatasetFormat.detect(folder);
    } catch (IOException e) {
      String made = MadeFolder.describe(folder);
      throw made == null ? e : new IOException(made, e);
    }
  }

  /** Reads the tables of a dataset, and prints what is odd in them. */
  static Dataset open(DatasetFormat format, Path folder, PrintWriter err, ReadOptions options)
      throws IOException {
    Dataset dataset = format.open(folder, options);
    dataset.warnings().forEach(warning -> err.println("warning: " + warning));
    return dataset;
  }

  /** Refuses a number of threads that is none. */
  static void requireThreads(int threads) {
    if (threads < 1) {
      throw new UsageException("--threads: " + threads + " (expected: >= 1)");
    }
  }
}
