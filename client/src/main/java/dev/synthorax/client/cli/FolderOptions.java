package dev.synthorax.client.cli;

import dev.synthorax.client.augment.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a run's files go. */
final class FolderOptions {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for images, masks, manifest and report. Default: synthorax-COMMAND.")
  private @Nullable Path out;

  @Option(
      names = "--overwrite",
      description = "Write into a folder that holds other files; those stay.")
  private boolean overwrite;

  /** Opens the folder before any work is done, so that a bad one costs nothing. */
  RunFolder open(String defaultName) throws IOException {
    try {
      return RunFolder.open(out == null ? Path.of(defaultName) : out, overwrite);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--out: " + e.getMessage());
    }
  }
}
