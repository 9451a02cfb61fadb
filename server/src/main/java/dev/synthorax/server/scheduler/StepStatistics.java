package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.measure.Histogram;

/**
 * What a step loop did since it was started.
 *
 * @param nanos of steps that were done: from the end of the one before, or from its own begin where
 *     it did not wait for one
 * @param rows of them, padding not counted
 * @param images that have a slot now: begun and not decoded
 */
public record StepStatistics(Histogram.Snapshot nanos, Histogram.Snapshot rows, int images) {
  public StepStatistics {
    requireNonNull(nanos, "nanos");
    requireNonNull(rows, "rows");
  }
}
