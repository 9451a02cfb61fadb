package dev.synthorax.client.cli;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Callable;
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
      description =
          "chexpert, candid-ptx, siim, rsna, mimic-cxr-jpg, nih, nnunet, webdataset, folder or"
              + " shards (default: found out).")
  private @Nullable DatasetFormat format;

  @Option(
      names = "--chexmask",
      paramLabel = "FILE",
      description = "CheXmask table with lungs and heart, of formats without.")
  private @Nullable Path cheXmask;

  /** Reads the tables, and prints what is odd in them. */
  Dataset open(PrintWriter err) throws IOException {
    DatasetFormat found = format == null ? DatasetFormat.detect(folder) : format;
    ReadOptions options =
        cheXmask == null ? ReadOptions.DEFAULT : ReadOptions.DEFAULT.withCheXmask(cheXmask);
    Dataset dataset = found.open(folder, options);
    dataset.warnings().forEach(warning -> err.println("warning: " + warning));
    return dataset;
  }

  /** Returns the work of reading every image. */
  static Iterator<Callable<Sample>> loads(Dataset dataset) {
    return dataset.images().stream().<Callable<Sample>>map(image -> image::load).iterator();
  }

  /** Refuses a number of threads that is none. */
  static void requireThreads(int threads) {
    if (threads < 1) {
      throw new UsageException("--threads: " + threads + " (expected: >= 1)");
    }
  }
}
