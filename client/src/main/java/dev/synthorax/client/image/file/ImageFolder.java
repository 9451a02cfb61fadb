package dev.synthorax.client.image.file;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The image files of a folder, found through links, and what else lies there.
 *
 * <p>The content says whether a file is an image. A file that is none but is called like one counts
 * as one too, so that reading it fails instead of leaving it out. Hidden files and those that
 * systems leave behind ({@code Thumbs.db}, {@code desktop.ini}, {@code __MACOSX}, {@code DICOMDIR}
 * and the like) are in none of the lists.
 *
 * @param folder the folder, as it was given
 * @param images image files, sorted by path
 * @param others files that are no images, sorted by path
 * @param closed folders that lie too deep to be entered, sorted by path
 */
public record ImageFolder(Path folder, List<Path> images, List<Path> others, List<Path> closed) {
  private static final Set<String> ENDINGS =
      Set.of(
          "png", "jpg", "jpeg", "jpe", "jfif", "bmp", "dib", "tif", "tiff", "dcm", "dicom", "dic",
          "gif", "webp", "jp2", "j2k", "jpx", "jxl", "pgm");
  private static final int NAMED = 3;

  /** Copies the lists. */
  public ImageFolder {
    requireNonNull(folder, "folder");
    images = List.copyOf(images);
    others = List.copyOf(others);
    closed = List.copyOf(closed);
  }

  /**
   * Lists the images that lie in a folder itself.
   *
   * @throws IOException if it is no folder or cannot be read
   */
  public static ImageFolder list(Path folder) throws IOException {
    return walk(folder, 1);
  }

  /**
   * Lists the images in a folder and in those below it.
   *
   * @param levels 1: the folder itself; 2: also its folders; and so on
   * @throws IOException if it is no folder or cannot be read; a link that leads back to a folder
   *     above it is not followed
   */
  public static ImageFolder walk(Path folder, int levels) throws IOException {
    requireNonNull(folder, "folder");
    if (levels < 1) {
      throw new IllegalArgumentException("levels: " + levels + " (expected: >= 1)");
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + ": no folder (expected: a folder of images)");
    }
    List<Path> images = new ArrayList<>();
    List<Path> others = new ArrayList<>();
    List<Path> closed = new ArrayList<>();
    FileTree.walk(
        folder,
        levels,
        (file, facts) -> {
          boolean image = !facts.isDirectory() && (hasImageEnding(file) || ImageFile.isImage(file));
          return (facts.isDirectory() ? closed : image ? images : others).add(file);
        });
    Collections.sort(images);
    Collections.sort(others);
    Collections.sort(closed);
    return new ImageFolder(folder, images, others, closed);
  }

  /**
   * Returns a file's name without the ending of an image: {@code 1.2.3} of {@code 1.2.3.dcm}, and
   * {@code 1.2.3} of {@code 1.2.3}.
   */
  public static String stem(Path file) {
    String name = name(file);
    return hasImageEnding(file) ? name.substring(0, name.lastIndexOf('.')) : name;
  }

  private static boolean hasImageEnding(Path file) {
    String name = name(file);
    int dot = name.lastIndexOf('.');
    return dot > 0 && ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  /**
   * Returns the images by their {@link #stem}, so that {@code a.png} here finds {@code a.jpg}
   * elsewhere.
   *
   * @throws IOException if two images have one stem; names both
   */
  public Map<String, Path> byStem() throws IOException {
    Map<String, Path> files = new TreeMap<>();
    for (Path image : images) {
      Path before = files.putIfAbsent(stem(image), image);
      if (before != null) {
        throw new IOException(
            "%s: has the name of %s but for the ending (expected: names that differ in more)"
                .formatted(image, before));
      }
    }
    return files;
  }

  /**
   * Refuses a folder without images.
   *
   * @throws IOException if there are none; says what lies there instead
   */
  public ImageFolder requireImages() throws IOException {
    if (images.isEmpty()) {
      List<String> instead = new ArrayList<>();
      count(instead, others, "1 file that is none: ", "%d files that are none: ");
      count(instead, closed, "1 folder that is not entered: ", "%d folders that are not entered: ");
      throw new IOException(
          "%s: no images (expected: PNG, JPEG, BMP, TIFF or DICOM files)%s"
              .formatted(folder, instead.isEmpty() ? "" : "; " + String.join("; ", instead)));
    }
    return this;
  }

  /** Returns what was passed over, a line each for files and for folders; empty: nothing was. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    count(
        warnings,
        others,
        "1 file is no image and was passed over: ",
        "%d files are no images and were passed over: ");
    count(
        warnings,
        closed,
        "1 folder in it was not entered: ",
        "%d folders in it were not entered: ");
    warnings.replaceAll(warning -> folder + ": " + warning);
    return warnings;
  }

  private void count(List<String> lines, List<Path> paths, String one, String several) {
    if (!paths.isEmpty()) {
      String start = paths.size() == 1 ? one : several.formatted(paths.size());
      lines.add(start + names(paths));
    }
  }

  private String names(List<Path> paths) {
    return paths.stream()
            .limit(NAMED)
            .map(path -> folder.relativize(path).toString().replace('\\', '/'))
            .collect(Collectors.joining(", "))
        + (paths.size() > NAMED ? ", ..." : "");
  }
}
