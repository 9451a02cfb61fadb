package dev.synthorax.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.synthorax.files.AtomicFiles;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Recipe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of a finished model. It appears as a whole; one that a training run published before
 * is replaced as a whole, with files that others added to it taken along. Any other folder with
 * something in it is left alone.
 *
 * @param target where it is
 */
record Publication(Path target) {
  /** What decided the model, and which files are the run's; by it a published folder is known. */
  private static final String RECORD = "training.json";

  private static final String FILES = "files";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * Checks, before anything is computed, that the target may be replaced.
   *
   * @throws IllegalArgumentException if not
   */
  void requireOurs() throws IOException {
    if (!Files.exists(target) || Files.exists(target.resolve(RECORD))) {
      return;
    }
    if (!Files.isDirectory(target) || !tree(target).isEmpty()) {
      throw new IllegalArgumentException(
          "%s: there is something that no training run published (no %s in it; expected: a new or empty folder, or a published one; move it away or take another)"
              .formatted(target, RECORD));
    }
  }

  /** Writes the model. */
  void publish(Recipe.Result result, Identity identity) throws IOException {
    requireOurs();
    AtomicFiles.writeFolder(
        target,
        folder -> {
          result.write(folder);
          ObjectNode json = (ObjectNode) MAPPER.readTree(identity.toJson());
          tree(folder).forEach(file -> json.withArray(FILES).add(file));
          takeAlong(folder);
          AtomicFiles.write(
              folder.resolve(RECORD),
              (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
        });
  }

  private void takeAlong(Path folder) throws IOException {
    Path former = target.resolve(RECORD);
    if (!Files.exists(former)) {
      return;
    }
    Set<String> ours = new HashSet<>(Set.of(RECORD));
    for (JsonNode file : MAPPER.readTree(Files.readString(former)).path(FILES)) {
      ours.add(file.asText());
    }
    for (String file : tree(target)) {
      Path copy = folder.resolve(file);
      if (!ours.contains(file) && !Files.exists(copy)) {
        Files.createDirectories(copy.resolveSibling(""));
        Files.copy(target.resolve(file), copy);
      }
    }
  }

  /** Files below a folder, relative to it, in order. */
  private static List<String> tree(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> !Files.isDirectory(file))
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }
}
