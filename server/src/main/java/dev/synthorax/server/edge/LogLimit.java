package dev.synthorax.server.edge;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Lets one line of a kind into the log at a time, so that strangers cannot fill a disk.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor.
 */
public final class LogLimit {
  private final long periodNanos;
  private final LongSupplier nanoClock;

  @GuardedBy("this")
  private long nextNanos;

  @GuardedBy("this")
  private long unsaid;

  LogLimit(Duration period, LongSupplier nanoClock) {
    this.periodNanos = period.toNanos();
    this.nanoClock = nanoClock;
    this.nextNanos = nanoClock.getAsLong();
  }

  /** One that lets a line in every ten seconds. */
  public static LogLimit everyTenSeconds() {
    return new LogLimit(Duration.ofSeconds(10), System::nanoTime);
  }

  /**
   * Runs {@code log} with the number of lines left out since it last ran, unless it did so just
   * now.
   */
  public void run(LongConsumer log) {
    long left = take();
    if (left >= 0) {
      log.accept(left);
    }
  }

  private synchronized long take() {
    long nowNanos = nanoClock.getAsLong();
    if (nowNanos - nextNanos < 0) {
      unsaid++;
      return -1;
    }
    nextNanos = nowNanos + periodNanos;
    long left = unsaid;
    unsaid = 0;
    return left;
  }
}
