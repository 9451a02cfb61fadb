package dev.synthorax.server.scheduler;

/**
 * Strict classes of work, the least urgent first. Once work of a class has waited {@link
 * #AGEING_NANOS}, the class gets every fourth turn of those above it; see {@link StepOrder}.
 */
public enum PriorityClass {
  /** When nothing else waits, or as much as long waiting gives. */
  LOW,
  /** The default. */
  NORMAL,
  /** Before all else. */
  HIGH;

  /** Waiting time that gives a class a part of what more urgent ones have. */
  static final long AGEING_NANOS = 30_000_000_000L;

  /** Turns of a class for each one of those below it whose work has waited so long. */
  static final int TURNS_AHEAD = 3;
}
