package dev.synthorax.client.training;

import dev.synthorax.client.yaml.YamlLines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is wrong with a recipe file, by line; one thread. */
final class Problems {
  private final Path file;
  private final YamlLines lines;
  private final List<Problem> found = new ArrayList<>();

  private record Problem(int line, String text) {}

  Problems(Path file, YamlLines lines) {
    this.file = file;
    this.lines = lines;
  }

  /** Notes a problem of a key: {@code datasets[1].weight}. */
  void add(String key, String problem) {
    String at = lines.at(key);
    found.add(
        new Problem(
            Integer.parseInt(at.substring(1)),
            file + at + ": " + (key.isEmpty() ? "" : key + ": ") + problem));
  }

  /** Returns whether there is none. */
  boolean none() {
    return found.isEmpty();
  }

  /** Returns the failure that tells of all. */
  RecipeException failure() {
    return new RecipeException(
        found.stream().sorted(Comparator.comparingInt(Problem::line)).map(Problem::text).toList());
  }
}
