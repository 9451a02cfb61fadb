package dev.synthorax.client.cli.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder that a command left and that is no dataset: what it is instead. */
final class MadeFolder {
  private static final String MANIFEST = "manifest.jsonl";
  private static final int NAMED = 3;

  private MadeFolder() {}

  /** Returns what {@code folder} is, and what was expected, in one line; null: not known. */
  static @Nullable String describe(Path folder) throws IOException {
    Path arms =
        Files.exists(folder.resolve("dataset/" + MANIFEST)) ? folder.resolve("dataset") : folder;
    if (!Files.isRegularFile(arms.resolve(MANIFEST))) {
      return null;
    }
    if (Files.isRegularFile(arms.resolve("plan.json"))) {
      return folder
          + " is what augment left, a dataset for each arm (expected: one of them: "
          + arms(arms)
          + ")";
    }
    if (!Files.isDirectory(folder.resolve("images"))) {
      return null;
    }
    return folder
        + " is what generate or demo left, "
        + images(folder.resolve(MANIFEST))
        + " without the tables of a dataset (expected: a dataset; augment makes them, and 'metrics"
        + " fidelity' takes this folder as it is)";
  }

  private static String images(Path manifest) throws IOException {
    try (Stream<String> lines = Files.lines(manifest)) {
      long count = lines.count();
      return count == 1 ? "1 image" : count + " images";
    }
  }

  private static String arms(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      List<String> arms = entries.filter(Files::isDirectory).map(Path::toString).sorted().toList();
      return String.join(", ", arms.subList(0, Math.min(NAMED, arms.size())))
          + (arms.size() > NAMED ? ", ..." : "");
    }
  }
}
