package dev.synthorax.server.edge;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.measure.Histogram;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long calls took that have ended, over all edges.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class CallTimes {
  private final Map<Kind, Histogram> ended = new ConcurrentHashMap<>();

  CallTimes() {}

  /**
   * Calls that are counted together.
   *
   * @param method as its service has it; never a word of a client's
   * @param status how they ended
   */
  public record Kind(String method, String status) implements Comparable<Kind> {
    private static final Comparator<Kind> ORDER =
        Comparator.comparing(Kind::method).thenComparing(Kind::status);

    public Kind {
      requireNonNull(method, "method");
      requireNonNull(status, "status");
    }

    @Override
    public int compareTo(Kind other) {
      return ORDER.compare(this, other);
    }
  }

  /** A call has ended. */
  public void ended(Kind kind, long nanos) {
    Histogram known = ended.get(kind); // without a lock, as nearly always
    (known != null ? known : ended.computeIfAbsent(kind, _ -> Histogram.ofDurations())).add(nanos);
  }

  /** Nanoseconds of the calls so far. */
  public SortedMap<Kind, Histogram.Snapshot> snapshot() {
    var seen = new TreeMap<Kind, Histogram.Snapshot>();
    ended.forEach((kind, times) -> seen.put(kind, times.snapshot()));
    return seen;
  }
}
