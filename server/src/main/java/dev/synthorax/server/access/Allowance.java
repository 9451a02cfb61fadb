package dev.synthorax.server.access;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * So much at once, and more as time goes by: a bucket that fills. What is larger than the bucket is
 * granted when there is anything in it, and owed.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor.
 */
final class Allowance {
  private static final double NANOS = 1e9;

  private final double perSecond;
  private final double most;
  private final LongSupplier nanoClock;

  @GuardedBy("this")
  private double left;

  @GuardedBy("this")
  private long lastNanos;

  /**
   * A full one.
   *
   * @param perSecond what is added; above 0
   * @param most what it holds
   */
  Allowance(double perSecond, double most, LongSupplier nanoClock) {
    this.perSecond = perSecond;
    this.most = most;
    this.nanoClock = nanoClock;
    this.left = most;
    this.lastNanos = nanoClock.getAsLong();
  }

  /** Takes so much; or returns the time until there is anything, having taken nothing. */
  synchronized @Nullable Duration take(double amount) {
    long nowNanos = nanoClock.getAsLong();
    left = Math.min(most, left + (nowNanos - lastNanos) / NANOS * perSecond);
    lastNanos = nowNanos;
    double needed = Math.min(amount, most);
    if (left < needed) {
      return Duration.ofNanos((long) Math.ceil((needed - left) / perSecond * NANOS));
    }
    left -= amount;
    return null;
  }
}
