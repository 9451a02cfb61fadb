package dev.synthorax.client.dataset.format;

import dev.synthorax.client.image.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Where the paths of a table start: at the dataset's folder, or at one of the folders in it, as
 * where an archive was unpacked into a folder of its own. Found out once for each first part of the
 * paths ({@code train}, {@code valid}), from the files that are there.
 *
 * <p><b>Threading:</b> one thread offers; any resolves, once nothing is offered any more.
 */
final class ImageRoot {
  private static final int TRIED = 64; // paths a first part

  private final List<Path> candidates;
  private final Map<String, List<String>> offered = new HashMap<>();
  private final Map<String, Path> roots = new ConcurrentHashMap<>();

  private ImageRoot(List<Path> candidates) {
    this.candidates = candidates;
  }

  /** Lists the folders in {@code folder}. */
  static ImageRoot of(Path folder) throws IOException {
    List<Path> candidates = new ArrayList<>(List.of(folder));
    try (Stream<Path> entries = Files.list(folder)) {
      entries
          .filter(entry -> Files.isDirectory(entry) && !FileTree.isHiddenOrSystem(entry))
          .sorted()
          .forEach(candidates::add);
    }
    return new ImageRoot(List.copyOf(candidates));
  }

  /** Notes a path of the table, with {@code /}. */
  void offer(String path) {
    List<String> paths = offered.computeIfAbsent(firstPart(path), key -> new ArrayList<>());
    if (paths.size() < TRIED) {
      paths.add(path);
    }
  }

  private static String firstPart(String path) {
    int slash = path.indexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** Returns the file of a path, whether it is there or not. */
  Path resolve(String path) {
    return roots.computeIfAbsent(firstPart(path), this::root).resolve(path);
  }

  private Path root(String first) {
    List<Path> holding =
        candidates.stream()
            .filter(candidate -> Files.isDirectory(candidate.resolve(first)))
            .toList();
    List<String> paths = offered.getOrDefault(first, List.of());
    for (Path candidate : holding) {
      if (paths.stream().anyMatch(path -> Files.isRegularFile(candidate.resolve(path)))) {
        return candidate;
      }
    }
    for (Path candidate : holding) {
      if (paths.isEmpty() && holdsFiles(candidate.resolve(first))) {
        return candidate;
      }
    }
    return holding.isEmpty() ? candidates.getFirst() : holding.getFirst();
  }

  private static boolean holdsFiles(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.anyMatch(
          entry -> Files.isRegularFile(entry) && !FileTree.isHiddenOrSystem(entry));
    } catch (IOException _) {
      return false; // whoever reads a file of it is told
    }
  }
}
