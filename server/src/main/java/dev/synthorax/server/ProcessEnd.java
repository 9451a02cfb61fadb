package dev.synthorax.server;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of the process: in order where that can be had, and within a limit in any case.
 *
 * <p>A signal begins it; another signal ends the process at once.
 *
 * <p><b>Threading:</b> {@link #run} on the shutdown hook's thread. The thread that keeps the limit
 * is started beforehand: at the end there may be no memory for one.
 */
final class ProcessEnd implements Runnable {
  private static final Logger logger = LoggerFactory.getLogger(ProcessEnd.class);

  /** Exit code where the orderly end did not come about. */
  static final int FAILED = 1;

  private static final List<String> SIGNALS = List.of("TERM", "INT", "HUP");

  private final Runnable close;
  private final IntSupplier exitCode;
  private final Duration limit;
  private final IntConsumer halt;
  private final CountDownLatch begun = new CountDownLatch(1);

  /**
   * An end that has not come.
   *
   * @param close what is to be done in order
   * @param exitCode of the process, asked after that
   * @param limit how long it may take
   * @param halt ends the process
   */
  ProcessEnd(Runnable close, IntSupplier exitCode, Duration limit, IntConsumer halt) {
    this.close = requireNonNull(close, "close");
    this.exitCode = requireNonNull(exitCode, "exitCode");
    this.limit = requireNonNull(limit, "limit");
    this.halt = requireNonNull(halt, "halt");
    Thread.ofPlatform().name("end-limit").daemon().start(this::keepLimit);
  }

  /** Has it run when the process is told to end. */
  void arrange() {
    Runtime.getRuntime().addShutdownHook(new Thread(this, "end"));
  }

  @Override
  public void run() {
    begun.countDown();
    SIGNALS.forEach(ProcessEnd::letEnd);
    int code = FAILED;
    try {
      close.run();
      code = exitCode.getAsInt();
    } catch (RuntimeException e) {
      logger.error("The server could not end in order", e);
    } finally {
      halt.accept(code); // a signal's own exit code is replaced by ours
    }
  }

  private void keepLimit() {
    try {
      begun.await();
      TimeUnit.NANOSECONDS.sleep(limit.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      logger.atError().addKeyValue("seconds", limit.toSeconds()).log("The end takes too long: cut");
    } finally {
      halt.accept(FAILED);
    }
  }

  /**
   * Gives a signal back to the system, which ends the process. By name: the compiler warns of
   * {@code sun.misc.Signal}, and there is no other way.
   */
  private static void letEnd(String signal) {
    try {
      Class<?> type = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      type.getMethod("handle", type, handler)
          .invoke(
              null,
              type.getConstructor(String.class).newInstance(signal),
              handler.getField("SIG_DFL").get(null));
    } catch (ReflectiveOperationException e) { // a system without that signal
      logger.debug("A second {} will not end the process at once", signal, e);
    }
  }
}
