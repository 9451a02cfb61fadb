package dev.synthorax.server.plain;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A request that was let in, until its listener is told.
 *
 * <p><b>Threading:</b> what the queue writes is guarded by the queue's lock; the rest is immutable
 * or atomic.
 */
final class Pending {
  /** No time at all. */
  static final long NEVER = Long.MAX_VALUE;

  private static final AtomicLong NUMBERS = new AtomicLong();

  private final long number = NUMBERS.getAndIncrement();
  private final CheckedRequest request;
  private final PlainListener listener;
  private final int level;
  private final long arrivalNanos;
  private final long deadlineNanos;
  private final String cacheKey;
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile boolean cancelled;
  private long timeoutNanos = NEVER; // the queue's

  /**
   * A request.
   *
   * @param level of its priority, from 0
   * @param deadlineNanos {@link #NEVER}: none
   * @param cacheKey under which its answer is kept; empty: it is not
   */
  Pending(
      CheckedRequest request,
      PlainListener listener,
      int level,
      long arrivalNanos,
      long deadlineNanos,
      String cacheKey) {
    this.request = request;
    this.listener = listener;
    this.level = level;
    this.arrivalNanos = arrivalNanos;
    this.deadlineNanos = deadlineNanos;
    this.cacheKey = cacheKey;
  }

  /** Counts requests in the order in which they came. */
  long number() {
    return number;
  }

  CheckedRequest request() {
    return request;
  }

  int rows() {
    return request.rows();
  }

  PlainListener listener() {
    return listener;
  }

  int level() {
    return level;
  }

  long arrivalNanos() {
    return arrivalNanos;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  String cacheKey() {
    return cacheKey;
  }

  void cancel() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** When it has waited too long. */
  long timeoutNanos() {
    return timeoutNanos;
  }

  /** Says how long it may wait; only while no queue holds it. */
  void expireAt(long nanos) {
    timeoutNanos = nanos;
  }

  /** When something is to be done about it though nobody runs it. */
  long nextNanos() {
    return Math.min(timeoutNanos, deadlineNanos);
  }

  /** Whether the caller is the one to tell what became of it. */
  boolean claim() {
    return told.compareAndSet(false, true);
  }
}
