package dev.synthorax.client.cli.option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a server that a command starts serves. */
public final class ServedFolders {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder where a started server keeps trained models, jobs and datasets. Default: that of"
              + " 'synthorax serve'.")
  private @Nullable Path data;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description =
          "Models of a started server: a folder of them, or one; repeatable. Default: the bundled"
              + " ones.")
  private List<Path> models = new ArrayList<>();

  /** Waits for picocli to fill it. */
  public ServedFolders() {}

  /** Returns the options of {@code serve}, its folders absolute. */
  public List<String> words() {
    List<String> words = new ArrayList<>();
    if (data != null) {
      words.addAll(List.of("--data", data.toAbsolutePath().toString()));
    }
    models.forEach(folder -> words.addAll(List.of("--models", folder.toAbsolutePath().toString())));
    return words;
  }

  /** Returns what was typed, each word after a space. */
  String again() {
    StringBuilder words = new StringBuilder();
    if (data != null) {
      words.append(" --data ").append(data);
    }
    models.forEach(folder -> words.append(" --models ").append(folder));
    return words.toString();
  }

  /**
   * Refuses folders for a server that runs already.
   *
   * @throws UsageException if any is given
   */
  void refuseWithServer() {
    if (data != null) {
      throw new UsageException(
          "--data with --server (expected: one of them; a running server has its own folder)");
    }
    if (!models.isEmpty()) {
      throw new UsageException(
          "--models with --server (expected: one of them; a running server has its own models)");
    }
  }
}
