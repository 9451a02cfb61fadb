package dev.synthorax.engine;

/**
 * How a graph is to be run.
 *
 * @param intraOpThreads threads that work on one operator together, the calling thread included; at
 *     least 1
 */
public record PlanOptions(int intraOpThreads) {
  /** As many threads as the machine has processors. */
  public static final PlanOptions DEFAULT =
      new PlanOptions(Runtime.getRuntime().availableProcessors());

  /** Checks. */
  public PlanOptions {
    if (intraOpThreads < 1) {
      throw new IllegalArgumentException("intraOpThreads: " + intraOpThreads + " (expected: >= 1)");
    }
  }
}
