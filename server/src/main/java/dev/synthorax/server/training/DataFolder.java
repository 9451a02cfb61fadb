package dev.synthorax.server.training;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a server keeps what it trains on and what it trained. Nothing is made before it is needed,
 * and one server at a time trains in it.
 *
 * <p><b>Ownership:</b> owns the lock, from {@link #claim} to {@link #close}.
 *
 * <p><b>Threading:</b> one thread.
 */
final class DataFolder implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(DataFolder.class);

  private final Path root;
  private @Nullable FileChannel lock; // owned; null until it is claimed

  DataFolder(Path root) {
    this.root = requireNonNull(root, "root").toAbsolutePath().normalize();
  }

  /**
   * Makes it this server's. Idempotent.
   *
   * @throws ServerException {@code TRAINING_UNAVAILABLE} if another server trains in it or it
   *     cannot be written
   */
  void claim() {
    if (lock != null) {
      return;
    }
    try {
      Files.createDirectories(root);
      FileChannel channel =
          FileChannel.open(
              root.resolve(".training.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() == null) {
          throw new OverlappingFileLockException();
        }
        lock = channel;
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (OverlappingFileLockException e) {
      throw new ServerException(
          ServerReason.TRAINING_UNAVAILABLE,
          "another server trains in this server's data folder (expected: one; ask that one, or start"
              + " this one with another --data)");
    } catch (IOException e) {
      logger.warn("The data folder {} cannot be written", root, e);
      throw new ServerException(
          ServerReason.TRAINING_UNAVAILABLE,
          "the data folder cannot be written (expected: a folder of this server's own; see --data)");
    }
  }

  /** Whether jobs were begun in it. */
  boolean hasJobs() {
    return Files.isDirectory(jobs());
  }

  /** A folder for each dataset. */
  Path datasets() {
    return root.resolve("datasets");
  }

  /** A folder for each job. */
  Path jobs() {
    return root.resolve("jobs");
  }

  /** A folder for each model that was promoted. */
  Path models() {
    return root.resolve("models");
  }

  @Override
  public void close() {
    FileChannel held = lock;
    lock = null;
    if (held != null) {
      try {
        held.close();
      } catch (IOException e) {
        logger.debug("The lock of {} could not be closed", root, e);
      }
    }
  }
}
