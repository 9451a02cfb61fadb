package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files in {@code images/} and {@code masks/} of {@link FolderLayout}, and which of them its
 * table names. One thread.
 */
final class FolderFiles {
  private static final int NAMED = 3;

  private final ImageRoot root;
  private final Map<String, Set<Structure>> masks = new HashMap<>(); // by stem of the image
  private final Map<String, String> otherNames = new HashMap<>(); // by the name of a PNG
  private final Set<String> used = new HashSet<>(); // with /, from the dataset's folder

  private FolderFiles(ImageRoot root) {
    this.root = root;
  }

  /** Looks for masks. */
  static FolderFiles of(ImageRoot root) throws IOException {
    FolderFiles files = new FolderFiles(root);
    files.list(FolderLayout.MASKS).forEach(files::addMask);
    return files;
  }

  /** Returns the names of the files in one of the folders, in order. */
  private List<String> list(String directory) throws IOException {
    List<String> names = new ArrayList<>();
    Path path = root.resolve(directory + "/");
    if (Files.isDirectory(path)) {
      FileTree.walk(
          path,
          1,
          (file, facts) -> {
            if (facts.isRegularFile()) {
              names.add(file.getFileName().toString());
            }
            return true;
          });
    }
    Collections.sort(names);
    return names;
  }

  private void addMask(String name) {
    String stem = NihLayout.stem(name);
    int dash = stem.lastIndexOf('-');
    boolean image = PixelFiles.isImageEnding(name.substring(name.lastIndexOf('.') + 1));
    if (dash <= 0 || !image) {
      return;
    }
    for (Structure structure : Structure.values()) {
      if (stem.substring(dash + 1).equals(structure.wireName())) {
        String owner = stem.substring(0, dash);
        String usual = FolderLayout.maskName(owner, structure);
        if (name.equals(usual)) {
          otherNames.remove(usual);
        } else if (!masks(owner).contains(structure)) {
          otherNames.put(usual, name);
        }
        masks.computeIfAbsent(owner, key -> EnumSet.noneOf(Structure.class)).add(structure);
      }
    }
  }

  /**
   * Returns the file in {@code masks/} that holds a mask: PNG, or an image under another ending.
   */
  String maskName(String stem, Structure structure) {
    String usual = FolderLayout.maskName(stem, structure);
    return otherNames.getOrDefault(usual, usual);
  }

  /** Returns the structures that the image of that name has a mask file of. */
  Set<Structure> masks(String stem) {
    return masks.getOrDefault(stem, Set.of());
  }

  /** Notes that the table names a file. */
  void uses(String path) {
    used.add(path);
  }

  /** Warns of files that it does not name, in one line for each folder. */
  void reportUnused(String table, Warnings warnings) throws IOException {
    for (String directory : List.of(FolderLayout.IMAGES, FolderLayout.MASKS)) {
      List<String> files =
          list(directory).stream()
              .map(name -> directory + "/" + name)
              .filter(file -> !used.contains(file))
              .toList();
      if (!files.isEmpty()) {
        warnings.add(
            "files in no table",
            table
                + ": "
                + (files.size() == 1 ? "1 file" : files.size() + " files")
                + " of "
                + directory
                + "/ in no row of it, passed over: "
                + String.join(", ", files.subList(0, Math.min(NAMED, files.size())))
                + (files.size() > NAMED ? ", ..." : ""));
      }
    }
  }
}
