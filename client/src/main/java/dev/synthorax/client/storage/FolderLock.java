package dev.synthorax.client.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second process out of a folder, by a lock of the system on a hidden file. A process that
 * dies frees it. On a file system without locks nobody is kept out.
 *
 * <p><b>Ownership:</b> owns the lock and its file; the caller closes.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class FolderLock implements AutoCloseable {
  private final Path file;
  private final FileChannel channel; // owned

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Locks the folder of a run, which exists.
   *
   * @throws IOException if it is locked; one line
   */
  public static FolderLock of(Path folder) throws IOException {
    return of(
        folder.resolve(".lock"),
        folder
            + ": another run writes there (expected: one at a time); wait for it, or name another"
            + " folder");
  }

  /**
   * Locks a folder that exists by a file of a name of its own.
   *
   * @param file in the folder; made here, removed by {@link #close}
   * @param refusal what is said where another process holds the lock, one line
   * @throws IOException with {@code refusal}
   */
  public static FolderLock of(Path file, String refusal) throws IOException {
    while (true) {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      boolean kept = false;
      try {
        Object key = key(file);
        if (!lock(channel)) {
          throw new IOException(refusal);
        }
        kept =
            Files.exists(file) && Objects.equals(key, key(file)); // else its last owner removed it
        if (kept) {
          return new FolderLock(file, channel);
        }
      } finally {
        if (!kept) {
          channel.close();
        }
      }
    }
  }

  /** Returns false where another process, or this one, holds the lock. */
  private static boolean lock(FileChannel channel) {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) { // held by this very process
      return false;
    } catch (IOException e) { // a file system without locks
      return true;
    }
  }

  private static @Nullable Object key(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(file);
    }
  }
}
