package dev.synthorax.server.scheduler;

/**
 * Strict classes of work, the least urgent first; waiting work rises one class every {@link
 * #AGEING_NANOS}.
 */
public enum PriorityClass {
  /** Only when nothing else waits, or after long waiting. */
  LOW(0),
  /** The default. */
  NORMAL(1),
  /** Before all else. */
  HIGH(2);

  /** Waiting time that is worth one class, so that nothing waits for ever. */
  static final long AGEING_NANOS = 30_000_000_000L;

  /** Ranks there are. */
  static final int LEVELS = 3;

  private final int rank;

  PriorityClass(int rank) {
    this.rank = rank;
  }

  /** Waiting time until this class counts as {@code level}. */
  long nanosUntil(int level) {
    return Math.max(0, level - rank) * AGEING_NANOS;
  }

  /** This class after {@code waitedNanos} of waiting, as a number: higher goes first. */
  int level(long waitedNanos) {
    return (int) Math.min(HIGH.rank, rank + Math.max(0, waitedNanos) / AGEING_NANOS);
  }
}
