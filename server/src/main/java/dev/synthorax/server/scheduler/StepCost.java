package dev.synthorax.server.scheduler;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What a step of so many rows, and a decoded image, take: a line through the two row counts
 * measured at load, then refined by what the loop sees.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor.
 */
public final class StepCost {
  /** Weight of a new observation. */
  private static final double NEW = 0.2;

  @GuardedBy("this")
  private final TreeMap<Integer, Double> stepNanos;

  @GuardedBy("this")
  private final TreeMap<Integer, Double> controlNanos;

  @GuardedBy("this")
  private double decodeNanos;

  /**
   * Costs as measured at load.
   *
   * @param stepNanos nanoseconds of a step by row count; at least one count
   * @param controlNanos the same of the ControlNet; empty where there is none
   * @param decodeNanos nanoseconds of one decoded image
   */
  public StepCost(
      Map<Integer, Double> stepNanos, Map<Integer, Double> controlNanos, double decodeNanos) {
    if (stepNanos.isEmpty()) {
      throw new IllegalArgumentException("stepNanos: empty (expected: at least one row count)");
    }
    this.stepNanos = new TreeMap<>(stepNanos);
    this.controlNanos = new TreeMap<>(controlNanos);
    this.decodeNanos = decodeNanos;
  }

  /** Expected nanoseconds of a step at these padded row counts. */
  public synchronized double stepNanos(int rows, int controlRows) {
    return at(stepNanos, rows) + at(controlNanos, controlRows);
  }

  /** Expected nanoseconds to decode one image. */
  public synchronized double decodeNanos() {
    return decodeNanos;
  }

  /** Tells what a step took. */
  public synchronized void observeStep(int rows, int controlRows, long nanos) {
    double expected = stepNanos(rows, controlRows);
    double factor = expected > 0 ? 1 + NEW * (nanos / expected - 1) : 1;
    stepNanos.put(rows, at(stepNanos, rows) * factor);
    if (controlRows > 0) {
      controlNanos.put(controlRows, at(controlNanos, controlRows) * factor);
    }
  }

  /** Tells what decoding one image took. */
  public synchronized void observeDecode(long nanosPerImage) {
    decodeNanos += NEW * (nanosPerImage - decodeNanos);
  }

  /**
   * The value at a count: known, on the line between or through its neighbours, or in proportion to
   * the only one.
   */
  private static double at(NavigableMap<Integer, Double> nanos, int rows) {
    if (rows == 0 || nanos.isEmpty()) {
      return 0;
    }
    Double known = nanos.get(rows);
    if (known != null) {
      return known;
    }
    var below = nanos.floorEntry(rows);
    var above = nanos.ceilingEntry(rows);
    if (below == null) {
      below = above;
      above = nanos.higherEntry(below.getKey());
    } else if (above == null) {
      above = below;
      below = nanos.lowerEntry(above.getKey());
    }
    if (below == null || above == null) {
      var only = below != null ? below : above;
      return only == null ? 0 : only.getValue() * rows / only.getKey();
    }
    double slope = (above.getValue() - below.getValue()) / (above.getKey() - below.getKey());
    return Math.max(0, below.getValue() + slope * (rows - below.getKey()));
  }
}
