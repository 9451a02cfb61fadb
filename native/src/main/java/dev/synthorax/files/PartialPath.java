package dev.synthorax.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A place beside a final one, for one writer: {@code .name.id.partial}. The writer holds a lock on
 * {@code .name.id.writer} as long as it lives, so that others can tell what a killed one left.
 *
 * <p><b>Ownership:</b> owns the lock and whatever is at the place until it is published.
 *
 * <p><b>Threading:</b> one thread.
 */
final class PartialPath implements AutoCloseable {
  private static final String PARTIAL = ".partial";
  private static final String REPLACED = ".old";
  private static final String WRITER = ".writer";
  private static final Duration UNLOCKED_LIMIT = Duration.ofMinutes(5);
  private static final String UNLOCKED = ".new"; // a lock file before its writer holds the lock

  /** Of this process: to open and close one of these would give its lock back. */
  private static final Set<Path> LIVING = ConcurrentHashMap.newKeySet();

  private final Path target;
  private final String id;
  private final FileChannel writer;

  private PartialPath(Path target, String id, FileChannel writer) {
    this.target = target;
    this.id = id;
    this.writer = writer;
  }

  /** Starts, and removes what killed writers left in the same folder. */
  static PartialPath open(Path place) throws IOException {
    Path target = place.toAbsolutePath();
    Path folder = target.resolveSibling("");
    Files.createDirectories(folder);
    removeLeftovers(folder);
    String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    Path unlocked = beside(target, id, UNLOCKED);
    LIVING.add(beside(target, id, WRITER));
    FileChannel writer =
        FileChannel.open(unlocked, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      lock(writer);
      Files.move(unlocked, beside(target, id, WRITER), StandardCopyOption.ATOMIC_MOVE);
      return new PartialPath(target, id, writer);
    } catch (IOException e) {
      try (writer) {
        Files.deleteIfExists(unlocked);
      }
      LIVING.remove(beside(target, id, WRITER));
      throw e;
    }
  }

  private static void lock(FileChannel writer) {
    try {
      writer.lock();
    } catch (IOException e) {
      // a file system without locks: nobody can lock it, so nobody takes it for a leftover
    }
  }

  /** Where to write; nothing is there yet. */
  Path path() {
    return beside(target, id, PARTIAL);
  }

  /** Moves what was written to the final place. */
  void publish() throws IOException {
    Path replaced = beside(target, id, REPLACED);
    boolean aside = Files.isDirectory(target) && Files.isDirectory(path());
    if (aside) { // a rename replaces a file, but no folder with files in it
      try {
        Files.move(target, replaced, StandardCopyOption.ATOMIC_MOVE);
      } catch (NoSuchFileException e) {
        aside = false; // another writer moved it at the same time
      }
    }
    try {
      Files.move(
          path(), target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      if (aside) {
        Files.move(replaced, target, StandardCopyOption.ATOMIC_MOVE);
      }
      throw e;
    }
    AtomicFiles.delete(replaced);
  }

  @Override
  public void close() throws IOException {
    try (writer) {
      AtomicFiles.delete(path());
      Files.deleteIfExists(beside(target, id, WRITER));
    } finally {
      LIVING.remove(beside(target, id, WRITER));
    }
  }

  private static Path beside(Path target, String id, String ending) {
    return target.resolveSibling("." + target.getFileName() + "." + id + ending);
  }

  /** Removes what killed writers left in a folder, or ends what they had almost done. */
  static void removeLeftovers(Path folder) throws IOException {
    removeUnlocked(folder);
    try (DirectoryStream<Path> writers = Files.newDirectoryStream(folder, ".*" + WRITER)) {
      for (Path writerFile : writers) {
        if (isLeftover(writerFile)) {
          String name = String.valueOf(writerFile.getFileName());
          String base = name.substring(0, name.length() - WRITER.length());
          Path partial = folder.resolve(base + PARTIAL);
          Path replaced = folder.resolve(base + REPLACED);
          int dot = base.lastIndexOf('.');
          if (dot > 1 && Files.exists(replaced)) { // killed between two renames
            Path target = folder.resolve(base.substring(1, dot));
            if (!Files.exists(target)) {
              Files.move(Files.exists(partial) ? partial : replaced, target);
            }
          }
          AtomicFiles.delete(partial);
          AtomicFiles.delete(replaced);
          Files.deleteIfExists(writerFile);
        }
      }
    }
  }

  /** What a writer left that was killed before it held its lock; nobody is at that for minutes. */
  private static void removeUnlocked(Path folder) throws IOException {
    Instant past = Instant.now().minus(UNLOCKED_LIMIT);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".*" + UNLOCKED)) {
      for (Path file : files) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && Files.size(file) == 0
            && Files.getLastModifiedTime(file).toInstant().isBefore(past)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException e) {
      // another sweeper took it
    }
  }

  /** Its writer lives no more: the lock is free. */
  private static boolean isLeftover(Path writerFile) {
    if (LIVING.contains(writerFile.toAbsolutePath())) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(writerFile, StandardOpenOption.WRITE)) {
      return channel.tryLock() != null;
    } catch (IOException | OverlappingFileLockException e) {
      return false; // gone meanwhile, or not ours to judge
    }
  }
}
