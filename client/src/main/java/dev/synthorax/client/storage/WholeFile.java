package dev.synthorax.client.storage;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Files that are there as a whole or not at all: written beside their place, as {@link #part}, and
 * moved there. Nothing of a file that could not be written stays.
 */
public final class WholeFile {
  private WholeFile() {}

  /** Writes a file's content. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it; the stream is buffered, and closed by the caller. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Returns where {@code file} waits until it is whole: {@code .NAME.part} beside it. */
  public static Path part(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".part");
  }

  /**
   * Writes a file, in place of the one that is there. It is not forced to the disk: a power cut may
   * leave it damaged, a process that dies does not.
   *
   * @throws IOException if it cannot be written; the one that is there stays
   */
  public static void replace(Path file, Content content) throws IOException {
    write(file, content, false, true);
  }

  /** Writes a file as {@link #replace} does, and forces it to the disk before it is moved. */
  public static void replaceForced(Path file, Content content) throws IOException {
    write(file, content, true, true);
  }

  /**
   * Writes a file where there is none, and forces it to the disk before it is moved.
   *
   * @throws IOException if it cannot be written, or one is there
   */
  public static void create(Path file, Content content) throws IOException {
    write(file, content, true, false);
  }

  private static void write(Path file, Content content, boolean force, boolean replace)
      throws IOException {
    Path part = part(file);
    boolean whole = false;
    try {
      try (FileChannel channel =
              FileChannel.open(
                  part,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING,
                  StandardOpenOption.WRITE);
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
        content.writeTo(out);
        out.flush();
        if (force) {
          channel.force(true);
        }
      }
      if (replace) {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.move(part, file);
      }
      whole = true;
    } finally {
      if (!whole) {
        discard(part);
      }
    }
  }

  private static void discard(Path part) throws IOException {
    try {
      Files.deleteIfExists(part);
    } catch (DirectoryNotEmptyException e) { // not ours
    }
  }
}
