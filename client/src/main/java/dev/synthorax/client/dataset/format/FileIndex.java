package dev.synthorax.client.dataset.format;

import dev.synthorax.client.image.file.FileTree;
import dev.synthorax.client.image.file.ImageFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files that tables name without their folder, found at any depth and through links; of two files
 * of one name the one nearer to the top is taken.
 *
 * <p><b>Threading:</b> one thread.
 */
final class FileIndex {
  private static final int LEVELS = 8;
  private static final int NAMED = 3;

  private final Map<String, String> files;
  private final Set<String> used = new HashSet<>();

  private FileIndex(Map<String, String> files) {
    this.files = files;
  }

  /**
   * Lists the files.
   *
   * @param root the dataset's folder
   * @param folders where to look, those of {@code root} that are there; none is: all of {@code
   *     root}
   */
  static FileIndex of(Path root, List<Path> folders) throws IOException {
    List<Path> places = folders.stream().filter(Files::isDirectory).toList();
    List<Path> paths = new ArrayList<>();
    for (Path place : places.isEmpty() ? List.of(root) : places) {
      FileTree.walk(
          place,
          LEVELS,
          (path, facts) -> {
            if (facts.isRegularFile()) {
              paths.add(path);
            }
            return true;
          });
    }
    paths.sort(Comparator.comparingInt(Path::getNameCount).thenComparing(path -> path));
    Map<String, String> files = new HashMap<>();
    for (Path path : paths) {
      files.putIfAbsent(
          ImageFolder.stem(path), root.relativize(path).toString().replace('\\', '/'));
    }
    return new FileIndex(files);
  }

  /** Returns the file of that name, its ending left out, relative to the root; null: none. */
  @Nullable String find(String stem) {
    String file = files.get(stem);
    if (file != null) {
      used.add(stem);
    }
    return file;
  }

  /**
   * Warns of images that were never asked for, in one line.
   *
   * @param table what does not name them
   */
  void reportUnused(String table, Warnings warnings) {
    List<String> unused =
        files.entrySet().stream()
            .filter(entry -> !used.contains(entry.getKey()) && isImage(entry.getValue()))
            .map(Map.Entry::getValue)
            .sorted()
            .toList();
    if (!unused.isEmpty()) {
      warnings.add(
          "files in no table",
          table
              + ": "
              + (unused.size() == 1 ? "1 image file is" : unused.size() + " image files are")
              + " not in it and passed over: "
              + String.join(", ", unused.subList(0, Math.min(NAMED, unused.size())))
              + (unused.size() > NAMED ? ", ..." : ""));
    }
  }

  /** Returns whether a file is called like an image, or has no ending, as those of CANDID-PTX. */
  private static boolean isImage(String file) {
    Path name = Path.of(file.substring(file.lastIndexOf('/') + 1));
    String text = name.toString();
    return !ImageFolder.stem(name).equals(text) || text.matches("[0-9.]+");
  }
}
