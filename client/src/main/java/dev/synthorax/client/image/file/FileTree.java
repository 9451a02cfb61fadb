package dev.synthorax.client.image.file;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Folders as people have them: parts of them are links, and systems leave files of their own. */
public final class FileTree {
  private static final Set<String> SYSTEM =
      Set.of(
          "thumbs.db",
          "ehthumbs.db",
          "desktop.ini",
          "__macosx",
          "@eadir",
          "$recycle.bin",
          "system volume information",
          "lost+found",
          "dicomdir");

  private FileTree() {}

  /** What is done with each file. */
  @FunctionalInterface
  public interface Visit {
    /**
     * Takes a file, or a folder that lies too deep to be entered.
     *
     * @param facts of what a link leads to; of the link itself where it leads nowhere
     * @return whether to go on
     */
    boolean accept(Path path, BasicFileAttributes facts) throws IOException;
  }

  /**
   * Visits the files of a folder and of those below it, in no order, through links; hidden files
   * and those of systems are left out.
   *
   * @param levels 1: the folder itself; 2: also its folders; and so on
   * @throws IOException if a folder cannot be read, or what {@code visit} throws; a link that leads
   *     back to a folder above it is not followed
   */
  public static void walk(Path folder, int levels, Visit visit) throws IOException {
    requireNonNull(visit, "visit");
    Files.walkFileTree(
        requireNonNull(folder, "folder"),
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        levels,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes facts) {
            return !directory.equals(folder) && isHiddenOrSystem(directory)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes facts)
              throws IOException {
            return isHiddenOrSystem(file) || visit.accept(file, facts)
                ? FileVisitResult.CONTINUE
                : FileVisitResult.TERMINATE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException problem)
              throws IOException {
            if (problem instanceof FileSystemLoopException) {
              return FileVisitResult.CONTINUE;
            }
            throw problem;
          }
        });
  }

  /** Returns whether a file or folder is hidden, or one that systems leave behind. */
  public static boolean isHiddenOrSystem(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.startsWith(".") || SYSTEM.contains(name.toLowerCase(Locale.ROOT));
  }
}
