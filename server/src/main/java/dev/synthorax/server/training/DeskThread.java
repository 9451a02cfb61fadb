package dev.synthorax.server.training;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A desk with a thread of its own, which starts with the first work.
 *
 * <p><b>Ownership:</b> owns the thread. <b>Threading:</b> any thread; what comes after {@link
 * #close} is not done.
 */
final class DeskThread implements Desk {
  private static final Logger logger = LoggerFactory.getLogger(DeskThread.class);
  private static final long CLOSE_SECONDS = 10;

  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("training").daemon().factory());

  DeskThread() {
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void execute(Runnable work) {
    after(Duration.ZERO, work);
  }

  @Override
  public void after(Duration delay, Runnable work) {
    try {
      var _ = thread.schedule(() -> run(work), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      logger.debug("The training thread has ended; this is not done", e);
    }
  }

  private static void run(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) { // the thread's top: the next work is done all the same
      logger.error("A piece of training work failed", e);
    }
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        logger.warn("Training work was under way for more than {} s", CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
