package dev.synthorax.engine.tensorrt;

import dev.synthorax.engine.PlanProgress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says every now and then that a plan is still being compiled: the library tells nothing that would
 * say how much is left.
 *
 * <p><b>Threading:</b> opened and closed by the thread that compiles; a thread of its own reports.
 */
final class BuildClock implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(BuildClock.class);
  private static final long SECONDS_BETWEEN_REPORTS = 15;

  private final String subject;
  private final PlanProgress progress;
  private final LongSupplier nanoClock;
  private final long startNanos;
  private final CountDownLatch done = new CountDownLatch(1);

  /**
   * A clock that starts now and reports at once.
   *
   * @param subject what is compiled for what, such as {@code unet.onnx is compiled for GPU 0}
   */
  BuildClock(String subject, PlanProgress progress, LongSupplier nanoClock) {
    this.subject = subject;
    this.progress = progress;
    this.nanoClock = nanoClock;
    this.startNanos = nanoClock.getAsLong();
    report();
  }

  /** Reports from a thread of its own until it is closed. */
  BuildClock started() {
    Thread.ofPlatform().daemon().name("tensorrt-progress").start(this::run);
    return this;
  }

  private void run() {
    try {
      while (!done.await(SECONDS_BETWEEN_REPORTS, TimeUnit.SECONDS)) {
        report();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tells how long it has taken so far. */
  void report() {
    String sentence = "%s (%d s so far)".formatted(subject, seconds());
    logger.info("{}", sentence);
    progress.report(sentence);
  }

  /** Seconds since it started. */
  long seconds() {
    return TimeUnit.NANOSECONDS.toSeconds(nanoClock.getAsLong() - startNanos);
  }

  @Override
  public void close() {
    done.countDown();
  }
}
