package dev.synthorax.server.repository;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A named thread that does one thing after another; it starts with the first.
 *
 * <p><b>Threading:</b> any thread may call; {@link #await} blocks.
 */
final class WorkThread {
  private static final Logger logger = LoggerFactory.getLogger(WorkThread.class);
  private static final long AWAIT_SECONDS = 10;

  private final String name;
  private final ExecutorService thread;

  WorkThread(String name) {
    this.name = name;
    thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon().factory());
  }

  /** Does something whose result somebody waits for. */
  <R> CompletableFuture<R> submit(Supplier<R> work) {
    try {
      return CompletableFuture.supplyAsync(work, thread);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new ServerException(ServerReason.DRAINING, "the server is shutting down"));
    }
  }

  /** Does something that nobody waits for; what it throws is logged. */
  void execute(Runnable work) {
    var _ =
        submit(
            () -> {
              try {
                work.run();
              } catch (RuntimeException e) { // the thread's top
                logger.error("{} failed", name, e);
              }
              return true;
            });
  }

  /** Takes nothing more; what was taken is done. */
  void end() {
    thread.shutdown();
  }

  /** Waits a while until all is done. */
  void await() {
    try {
      if (!thread.awaitTermination(AWAIT_SECONDS, TimeUnit.SECONDS)) {
        logger.warn("{}: not done after {} s", name, AWAIT_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
