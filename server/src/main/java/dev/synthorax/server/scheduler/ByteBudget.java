package dev.synthorax.server.scheduler;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that answers may take until they are sent, over all models of a server.
 *
 * <p><b>Threading:</b> any thread; nothing blocks.
 */
public final class ByteBudget {
  private final long limit;
  private final AtomicLong taken = new AtomicLong();

  /**
   * A budget of which nothing is taken.
   *
   * @param limit most bytes; at least 1
   */
  public ByteBudget(long limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: >= 1 byte)");
    }
    this.limit = limit;
  }

  /** Most bytes that may be taken. */
  public long limit() {
    return limit;
  }

  /** Bytes that are taken. */
  public long taken() {
    return taken.get();
  }

  /** Takes so many bytes, or returns false and takes none. */
  public boolean take(long bytes) {
    long before = taken.get();
    while (bytes <= limit - before) {
      if (taken.compareAndSet(before, before + bytes)) {
        return true;
      }
      before = taken.get();
    }
    return false;
  }

  /**
   * Gives bytes back.
   *
   * @throws IllegalStateException if more come back than were taken
   */
  public void giveBack(long bytes) {
    long left = taken.addAndGet(-bytes);
    if (left < 0) {
      throw new IllegalStateException("bytes given back that were never taken: " + -left);
    }
  }
}
