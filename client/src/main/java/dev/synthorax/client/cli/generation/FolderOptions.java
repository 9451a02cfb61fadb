package dev.synthorax.client.cli.generation;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.generation.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a run's files go. */
final class FolderOptions {
  /** What holds the folders of commands that are given none; git ignores it here. */
  private static final Path DEFAULT = Path.of("synthorax-out");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Folder for images, masks, manifest and report. An earlier run there is continued under"
              + " the next free numbers; nothing of it is lost. Default: synthorax-out/COMMAND.")
  private @Nullable Path out;

  @Option(
      names = "--overwrite",
      description =
          "Replace the images of an earlier run; also write into a folder that holds other files,"
              + " which stay.")
  private boolean overwrite;

  /** Opens the folder before any work is done, so that a bad one costs nothing. */
  @MustBeClosed
  RunFolder open(String command) throws IOException {
    try {
      return RunFolder.open(out == null ? DEFAULT.resolve(command) : out, overwrite);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--out: " + e.getMessage());
    }
  }

  /** Returns how the options of a run that goes on begin. */
  String goOnWith() {
    return overwrite ? "without --overwrite and with " : "with ";
  }
}
