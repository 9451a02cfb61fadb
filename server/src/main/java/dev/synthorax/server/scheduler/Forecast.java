package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Plays the step loop forward on known costs, whole stretches of equal batches at a time.
 *
 * <p>Immutable but for the costs it reads; any thread.
 */
public final class Forecast {
  private final RowCounts rowCounts;
  private final StepCost cost;

  /** A forecast for one loop. */
  public Forecast(RowCounts rowCounts, StepCost cost) {
    this.rowCounts = requireNonNull(rowCounts, "rowCounts");
    this.cost = requireNonNull(cost, "cost");
  }

  /**
   * When each image will be decoded, from now.
   *
   * @param order unfinished images, the most urgent first
   */
  Map<Trajectory, Duration> of(List<Trajectory> order) {
    Map<Trajectory, Duration> finishing = new HashMap<>();
    Map<Trajectory, Integer> remaining = new HashMap<>();
    order.forEach(trajectory -> remaining.put(trajectory, trajectory.remainingSteps()));
    var left = new ArrayList<>(order);
    double decodeNanos = cost.decodeNanos();
    double nanos = 0;
    double decoderFreeNanos = 0;
    while (!left.isEmpty()) {
      BatchPlan plan = BatchPlan.of(left, rowCounts.max());
      int steps = plan.trajectories().stream().mapToInt(t -> steps(remaining, t)).min().orElse(0);
      nanos +=
          steps
              * cost.stepNanos(
                  rowCounts.padded(plan.rows()), rowCounts.paddedControl(plan.controlRows()));
      for (Trajectory trajectory : plan.trajectories()) {
        int rest = steps(remaining, trajectory) - steps;
        remaining.put(trajectory, rest);
        if (rest == 0) {
          decoderFreeNanos = Math.max(decoderFreeNanos, nanos) + decodeNanos;
          finishing.put(trajectory, Duration.ofNanos((long) decoderFreeNanos));
        }
      }
      left.removeIf(trajectory -> steps(remaining, trajectory) == 0);
    }
    return finishing;
  }

  private static int steps(Map<Trajectory, Integer> remaining, Trajectory trajectory) {
    return remaining.getOrDefault(trajectory, 0);
  }
}
