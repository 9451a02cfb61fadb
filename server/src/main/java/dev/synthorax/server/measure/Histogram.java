package dev.synthorax.server.measure;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * How often values were how large: one counter a range.
 *
 * <p><b>Threading:</b> any thread; nothing blocks, and writers do not wait for each other.
 */
public final class Histogram {
  /** 0.1 ms to 5 min: 1, 2.5 and 5 of each power of ten. */
  private static final long[] DURATIONS = durations();

  private static final long[] COUNTS = {1, 2, 4, 8, 16, 32, 64, 128};

  private final long[] bounds;
  private final LongAdder[] counts;
  private final LongAdder sum = new LongAdder();

  private Histogram(long[] bounds) {
    this.bounds = bounds;
    counts = Stream.generate(LongAdder::new).limit(bounds.length + 1L).toArray(LongAdder[]::new);
  }

  /** Of durations in nanoseconds, 0.1 ms to 5 min. */
  public static Histogram ofDurations() {
    return new Histogram(DURATIONS);
  }

  /** Of small numbers, 1 to 128. */
  public static Histogram ofCounts() {
    return new Histogram(COUNTS);
  }

  private static long[] durations() {
    var bounds = LongStream.builder();
    long most = TimeUnit.MINUTES.toNanos(5);
    for (long power = TimeUnit.MICROSECONDS.toNanos(100); power <= most; power *= 10) {
      for (long bound : new long[] {power, power * 5 / 2, power * 5}) {
        if (bound < most) {
          bounds.add(bound);
        }
      }
    }
    return bounds.add(most).build().toArray();
  }

  /** Counts a value. */
  public void add(long value) {
    int at = Arrays.binarySearch(bounds, value);
    counts[at < 0 ? -at - 1 : at].increment();
    sum.add(value);
  }

  /** What was counted so far; a value that is counted meanwhile may be in the sum alone. */
  public Snapshot snapshot() {
    return new Snapshot(
        Arrays.stream(bounds).boxed().toList(),
        Arrays.stream(counts).map(LongAdder::sum).toList(),
        sum.sum());
  }

  /**
   * What a histogram had counted at some time.
   *
   * @param bounds highest value of each range but the last, ascending
   * @param counts values of each range; one more than bounds
   * @param sum of all values
   */
  public record Snapshot(List<Long> bounds, List<Long> counts, long sum) {
    /** Copies the lists. */
    public Snapshot {
      bounds = List.copyOf(bounds);
      counts = List.copyOf(counts);
    }

    /** Values that were counted. */
    public long count() {
      return counts.stream().mapToLong(Long::longValue).sum();
    }
  }
}
