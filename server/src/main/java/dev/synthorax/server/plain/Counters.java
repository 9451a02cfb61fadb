package dev.synthorax.server.plain;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.measure.Histogram;
import dev.synthorax.server.plain.PlainStatistics.Batch;
import dev.synthorax.server.plain.PlainStatistics.Failures;
import dev.synthorax.server.plain.PlainStatistics.Tally;
import java.time.InstantSource;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Counts what a model does.
 *
 * <p><b>Threading:</b> any thread.
 */
final class Counters {
  private final InstantSource clock;
  private final Histogram latencies = Histogram.ofDurations();
  private final Histogram waits = Histogram.ofDurations();

  @GuardedBy("this")
  private final SortedMap<Integer, Batch> batches = new TreeMap<>();

  @GuardedBy("this")
  private Tally success = Tally.NONE;

  @GuardedBy("this")
  private Tally fail = Tally.NONE;

  @GuardedBy("this")
  private Tally queue = Tally.NONE;

  @GuardedBy("this")
  private Tally input = Tally.NONE;

  @GuardedBy("this")
  private Tally infer = Tally.NONE;

  @GuardedBy("this")
  private Tally output = Tally.NONE;

  @GuardedBy("this")
  private Tally cacheHit = Tally.NONE;

  @GuardedBy("this")
  private Tally cacheMiss = Tally.NONE;

  @GuardedBy("this")
  private Failures failures = new Failures(0, 0, 0, 0);

  @GuardedBy("this")
  private long inferences;

  @GuardedBy("this")
  private long executions;

  @GuardedBy("this")
  private long lastMillis;

  /**
   * Where the time of a run went.
   *
   * @param startNanos when it was taken from the queue
   * @param loadedNanos when the inputs were in place
   * @param computedNanos when the network was done
   * @param endNanos when the outputs were out
   */
  record Times(long startNanos, long loadedNanos, long computedNanos, long endNanos) {
    long input() {
      return loadedNanos - startNanos;
    }

    long infer() {
      return computedNanos - loadedNanos;
    }

    long output() {
      return endNanos - computedNanos;
    }
  }

  Counters(InstantSource clock) {
    this.clock = clock;
  }

  /** A run ended well. */
  synchronized void ran(int rows, Times times) {
    executions++;
    inferences += rows;
    lastMillis = clock.millis();
    Batch before = batches.getOrDefault(rows, new Batch(rows, Tally.NONE, Tally.NONE, Tally.NONE));
    batches.put(
        rows,
        new Batch(
            rows,
            before.computeInput().plus(times.input()),
            before.computeInfer().plus(times.infer()),
            before.computeOutput().plus(times.output())));
  }

  /**
   * A request was answered by a run.
   *
   * @param nanos in the model, waiting included
   */
  synchronized void answered(long nanos, long waitedNanos, Times times) {
    success = success.plus(nanos);
    latencies.add(nanos);
    waits.add(waitedNanos);
    queue = queue.plus(waitedNanos);
    input = input.plus(times.input());
    infer = infer.plus(times.infer());
    output = output.plus(times.output());
  }

  /** A request was answered with what was kept. */
  synchronized void hit(long nanos) {
    success = success.plus(nanos);
    latencies.add(nanos);
    cacheHit = cacheHit.plus(nanos);
  }

  /** A request was looked up in vain. */
  synchronized void missed(long nanos) {
    cacheMiss = cacheMiss.plus(nanos);
  }

  /** The answer of a request that was looked up in vain was kept. */
  synchronized void kept(long nanos) {
    cacheMiss = new Tally(cacheMiss.count(), cacheMiss.nanos() + nanos);
  }

  /** A request was not answered. */
  synchronized void failed(long nanos, RuntimeException failure) {
    fail = fail.plus(nanos);
    Failures f = failures;
    failures =
        switch (failure) {
          case ServerException refused ->
              switch (refused.reason()) {
                case QUEUE_FULL, QUEUE_TIMEOUT, DEADLINE_EXCEEDED ->
                    new Failures(f.rejected() + 1, f.cancelled(), f.backend(), f.other());
                case CANCELLED ->
                    new Failures(f.rejected(), f.cancelled() + 1, f.backend(), f.other());
                default -> new Failures(f.rejected(), f.cancelled(), f.backend(), f.other() + 1);
              };
          case InferenceException known when known.reason() != ErrorReason.INVALID_ARGUMENT ->
              new Failures(f.rejected(), f.cancelled(), f.backend() + 1, f.other());
          default -> new Failures(f.rejected(), f.cancelled(), f.backend(), f.other() + 1);
        };
  }

  synchronized PlainStatistics snapshot(int pending) {
    return new PlainStatistics(
        lastMillis,
        inferences,
        executions,
        success,
        fail,
        queue,
        input,
        infer,
        output,
        cacheHit,
        cacheMiss,
        batches.values().stream().toList(),
        failures,
        pending,
        latencies.snapshot(),
        waits.snapshot());
  }
}
