package dev.synthorax.server.records;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of a server: one SQLite file, opened at the first use, with one connection.
 *
 * <p>Each piece of work is one transaction: all of it is kept, on the disk, or nothing. Another
 * process may use the same file; each waits for the other's transaction, a few seconds at most.
 *
 * <p>Failures are a {@link ServerException}: {@code RECORDS_BUSY} where another process holds the
 * file for long, {@code RECORDS_FAILED} where it cannot be used, one sentence that says why. The
 * next piece of work then opens the file anew.
 *
 * <p><b>Ownership:</b> owns its thread and the connection.
 *
 * <p><b>Threading:</b> any thread may call; all work runs on the one thread, one after another, so
 * it is short: rows, not files.
 */
public final class Records implements AutoCloseable {
  /** Name of the file in the data folder. */
  public static final String FILE = "records.db";

  private static final Logger logger = LoggerFactory.getLogger(Records.class);
  private static final Duration BUSY = Duration.ofSeconds(5);
  private static final long CLOSE_SECONDS = 10;

  private final Path file;
  private final Duration busy;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("records").daemon().factory());
  private @Nullable RecordsFile open; // owned; the thread's own

  /**
   * What is done in one transaction.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  public interface Work<T extends @Nullable Object> {
    /**
     * Reads and writes; what it throws undoes what it wrote.
     *
     * @param handle borrowed until this returns
     */
    T run(Handle handle);
  }

  /**
   * Records of a data folder; nothing is touched before the first use.
   *
   * @param dataFolder created by the first use where it is missing
   */
  public Records(Path dataFolder) {
    this(dataFolder, BUSY);
  }

  /** The same with another patience for other processes. */
  Records(Path dataFolder, Duration busy) {
    file = dataFolder.resolve(FILE);
    this.busy = busy;
  }

  /** Does a piece of work; what it throws ends the future. */
  public <T extends @Nullable Object> CompletableFuture<T> submit(Work<T> work) {
    requireNonNull(work, "work");
    try {
      return CompletableFuture.supplyAsync(() -> run(work), thread);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new ServerException(ServerReason.DRAINING, "the server is shutting down"));
    }
  }

  /**
   * Does a piece of work and waits for it; never on a thread that calls arrive on.
   *
   * @throws ServerException if the records cannot be used; what {@code work} throws as it is
   */
  public <T extends @Nullable Object> T call(Work<T> work) {
    try {
      return submit(work).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }

  private <T extends @Nullable Object> T run(Work<T> work) {
    RecordsFile records = open;
    if (records == null) {
      records = RecordsFile.open(file, busy);
      open = records;
    }
    try {
      return records.inTransaction(work);
    } catch (ServerException e) {
      if (e.reason() == ServerReason.RECORDS_BUSY || e.reason() == ServerReason.RECORDS_FAILED) {
        closeFile();
      }
      throw e;
    }
  }

  /** Ends after the work that was submitted. Idempotent; any thread. */
  @Override
  public void close() {
    try {
      thread.execute(this::closeFile);
    } catch (RejectedExecutionException e) {
      return; // closed before
    }
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        logger.warn("{}: work was under way for more than {} s", FILE, CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeFile() {
    RecordsFile records = open;
    open = null;
    if (records != null) {
      records.close();
    }
  }
}
