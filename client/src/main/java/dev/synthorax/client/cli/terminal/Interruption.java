package dev.synthorax.client.cli.terminal;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.IOException;
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

  private final CountDownLatch begun = new CountDownLatch(1);
  private final Thread hook;

  /** What is done and said. */
  @FunctionalInterface
  public interface LastWord {
    /** Does and says it. */
    void say() throws IOException;
  }

  private Interruption(LastWord word) {
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

  @MustBeClosed
  public static Interruption watch(LastWord word) {
    Interruption interruption = new Interruption(word);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
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
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) { // it is being said
      awaitEnd(false);
    }
  }
}
