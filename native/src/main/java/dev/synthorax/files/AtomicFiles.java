package dev.synthorax.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;

/**
 * Files and folders that are there whole or not at all, whoever else writes the same ones: they are
 * filled beside their final place and moved there by one rename. What a killed writer left beside
 * the place is removed by the next one.
 *
 * <p><b>Threading:</b> any thread, in any number of processes; the last to finish wins.
 */
public final class AtomicFiles {
  private AtomicFiles() {}

  /** Fills a new file. */
  @FunctionalInterface
  public interface FileContent {
    /** Writes everything; the channel is closed by the caller. */
    void writeTo(FileChannel channel) throws IOException;
  }

  /** Fills a new folder. */
  @FunctionalInterface
  public interface FolderContent {
    /** Writes everything below an empty folder. */
    void writeTo(Path folder) throws IOException;
  }

  /**
   * Writes a file, forced to disk before it gets its name; parent folders are made.
   *
   * @param file replaced if it exists
   * @throws IOException if writing fails; what was there then stays
   */
  public static void write(Path file, FileContent content) throws IOException {
    try (var partial = PartialPath.open(file)) {
      try (FileChannel channel =
          FileChannel.open(
              partial.path(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
      partial.publish();
    }
  }

  /** The same for bytes at hand. */
  public static void write(Path file, byte[] content) throws IOException {
    write(
        file,
        channel -> {
          ByteBuffer buffer = ByteBuffer.wrap(content);
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
        });
  }

  /**
   * Writes a folder; parent folders are made. A folder that is there is replaced as a whole: it
   * goes aside by a rename, the new one takes its name by the next.
   *
   * @throws IOException if writing fails; what was there then stays
   */
  public static void writeFolder(Path folder, FolderContent content) throws IOException {
    try (var partial = PartialPath.open(folder)) {
      Files.createDirectory(partial.path());
      content.writeTo(partial.path());
      partial.publish();
    }
  }

  /**
   * Removes what killed writers left in a folder; every write does so where it writes.
   *
   * @param folder nothing happens if there is none
   * @throws IOException if something cannot be removed
   */
  public static void removeLeftovers(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      PartialPath.removeLeftovers(folder);
    }
  }

  /**
   * Removes a file or a folder with all that is in it; links are removed, not followed.
   *
   * @throws IOException if something cannot be removed
   */
  public static void delete(Path path) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(path);
      return;
    }
    try (var files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
