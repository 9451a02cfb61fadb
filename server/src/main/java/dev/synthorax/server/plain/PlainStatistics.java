package dev.synthorax.server.plain;

import dev.synthorax.server.measure.Histogram;
import java.util.List;

/**
 * What a model did since it was loaded, all at one moment.
 *
 * <p>{@code success} and {@code fail} count requests with their whole time in the model, {@code
 * queue} and the three of computing the requests that were answered without the cache. A request
 * bears the time of the whole batch that it was in.
 *
 * @param lastInferenceMillis when a run ended last, since 1970; 0: never
 * @param inferences rows that were computed
 * @param executions runs
 * @param success requests that were answered
 * @param fail requests that were not
 * @param queue waiting
 * @param computeInput putting inputs together
 * @param computeInfer the network
 * @param computeOutput taking outputs apart
 * @param cacheHit requests whose answer was kept
 * @param cacheMiss requests that were looked up in vain, with the time of looking up and keeping
 * @param batches by rows of a run, ascending
 * @param failures {@code fail}, by what it was
 * @param pending requests that wait now
 * @param latencies nanoseconds in the model, of requests that were answered
 * @param waits nanoseconds in the queue, of those that were answered without the cache
 */
public record PlainStatistics(
    long lastInferenceMillis,
    long inferences,
    long executions,
    Tally success,
    Tally fail,
    Tally queue,
    Tally computeInput,
    Tally computeInfer,
    Tally computeOutput,
    Tally cacheHit,
    Tally cacheMiss,
    List<Batch> batches,
    Failures failures,
    int pending,
    Histogram.Snapshot latencies,
    Histogram.Snapshot waits) {
  /** Copies the list of batches. */
  public PlainStatistics {
    batches = List.copyOf(batches);
  }

  /**
   * How often, and how long together.
   *
   * @param count events
   * @param nanos their sum
   */
  public record Tally(long count, long nanos) {
    /** Nothing happened. */
    public static final Tally NONE = new Tally(0, 0);

    Tally plus(long duration) {
      return new Tally(count + 1, nanos + duration);
    }
  }

  /**
   * Runs of some number of rows.
   *
   * @param rows of each
   * @param computeInput counted once a run, as the others
   * @param computeInfer the network
   * @param computeOutput taking outputs apart
   */
  public record Batch(int rows, Tally computeInput, Tally computeInfer, Tally computeOutput) {}

  /**
   * Requests that were not answered.
   *
   * @param rejected no room in the queue, waited too long, or too late
   * @param cancelled given up by who asked
   * @param backend the network failed
   * @param other all else, wrong requests among them
   */
  public record Failures(long rejected, long cancelled, long backend, long other) {}
}
