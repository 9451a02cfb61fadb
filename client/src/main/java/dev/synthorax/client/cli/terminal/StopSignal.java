package dev.synthorax.client.cli.terminal;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command that is stopped (Ctrl-C, SIGTERM) tidy up: its thread is interrupted, and the
 * process waits until it is done or {@value #GRACE_SECONDS} seconds are over.
 *
 * <p><b>Threading:</b> opened and closed by the thread that works.
 */
public final class StopSignal implements AutoCloseable {
  private static final int GRACE_SECONDS = 10;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  private StopSignal(PrintWriter err, String afterwards) {
    Thread worker = Thread.currentThread();
    hook =
        new Thread(
            () -> {
              worker.interrupt();
              boolean tidy = await();
              err.println();
              err.println(
                  tidy ? "stopped: " + afterwards : "stopped before everything was tidied up");
              err.flush();
            },
            "stop-signal");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Listens from now on.
   *
   * @param afterwards what a stop leaves, for the person who stopped it
   */
  public static StopSignal open(PrintWriter err, String afterwards) {
    return new StopSignal(err, afterwards);
  }

  private boolean await() {
    try {
      return done.await(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Stops listening; a stop that is under way goes on. */
  @Override
  public void close() {
    done.countDown();
    try {
      boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process is ending, the hook runs
    }
  }
}
