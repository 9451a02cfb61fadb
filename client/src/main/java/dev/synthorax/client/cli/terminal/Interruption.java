package dev.synthorax.client.cli.terminal;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Has the last word when Ctrl-C or a signal ends the process.
 *
 * <p><b>Threading:</b> the words are said on a thread of the virtual machine; other methods are for
 * the thread that opened this.
 */
public final class Interruption implements AutoCloseable {
  private static final long SIGNAL_MILLIS = 300; // from one process's signal to the other's
  private static final int GRACE_SECONDS = 10; // to tidy up

  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch closed; // counted down when the work is over
  private final Thread hook;

  /** What is done and said. */
  @FunctionalInterface
  public interface LastWord {
    /** Does and says it. */
    void say() throws IOException;
  }

  private Interruption(LastWord word, CountDownLatch closed) {
    this.closed = closed;
    hook =
        Thread.ofPlatform()
            .name("interruption")
            .unstarted(
                () -> {
                  begun.countDown();
                  try {
                    word.say();
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
  }

  /** Watches over work that may end anywhere: what is kept is kept already. */
  @MustBeClosed
  public static Interruption watch(LastWord word) {
    return watch(word, new CountDownLatch(1));
  }

  /**
   * Watches over work that tidies up when it is stopped: the calling thread is interrupted, and the
   * process waits until this is closed, or for {@value #GRACE_SECONDS} seconds.
   *
   * @param afterwards what a stop leaves, for the person who stopped it
   */
  @MustBeClosed
  public static Interruption tidying(PrintWriter err, String afterwards) {
    Thread worker = Thread.currentThread();
    CountDownLatch closed = new CountDownLatch(1);
    return watch(
        () -> {
          worker.interrupt();
          boolean tidy = awaitTidy(closed);
          err.println();
          err.println(tidy ? "stopped: " + afterwards : "stopped before everything was tidied up");
          err.flush();
        },
        closed);
  }

  @MustBeClosed
  private static Interruption watch(LastWord word, CountDownLatch closed) {
    Interruption interruption = new Interruption(word, closed);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  private static boolean awaitTidy(CountDownLatch closed) {
    try {
      return closed.await(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Never returns where the process is being ended: whatever failed failed of that, and the last
   * word is said elsewhere.
   *
   * @param signalled whether it may be that another process of the terminal got the signal first
   */
  public void awaitEnd(boolean signalled) {
    try {
      boolean ending =
          signalled ? begun.await(SIGNAL_MILLIS, TimeUnit.MILLISECONDS) : begun.getCount() == 0;
      if (ending) {
        new CountDownLatch(1).await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the watch. */
  @Override
  public void close() {
    closed.countDown();
    try {
      boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) { // it is being said
      awaitEnd(false);
    }
  }
}
