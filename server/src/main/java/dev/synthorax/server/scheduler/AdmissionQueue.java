package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The images that were let in and are not finished: their number is bounded, and since the cost of
 * a step is known, so is when each will be done.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor.
 */
public final class AdmissionQueue {
  private final int maxImages;
  private final Forecast forecast;
  private final LongSupplier nanoClock;

  @GuardedBy("this")
  private final Set<Trajectory> unfinished = new LinkedHashSet<>();

  /**
   * An empty queue.
   *
   * @param maxImages most unfinished images; at least 1
   */
  public AdmissionQueue(int maxImages, Forecast forecast, LongSupplier nanoClock) {
    if (maxImages < 1) {
      throw new IllegalArgumentException("maxImages: " + maxImages + " (expected: >= 1)");
    }
    this.maxImages = maxImages;
    this.forecast = requireNonNull(forecast, "forecast");
    this.nanoClock = requireNonNull(nanoClock, "nanoClock");
  }

  /** Lets all images of a request in, or none. */
  public synchronized Admission admit(Collection<Trajectory> request) {
    long nowNanos = nanoClock.getAsLong();
    int tooMany = unfinished.size() + request.size() - maxImages;
    if (tooMany > 0) {
      return new Admission.Rejected(
          unfinished.size(), maxImages, untilFinished(tooMany, ordered(nowNanos)));
    }
    unfinished.addAll(request);
    var order = ordered(nowNanos);
    int ahead = 0;
    while (!request.contains(order.get(ahead))) {
      ahead++;
    }
    return new Admission.Queued(ahead, latest(request, order));
  }

  /** Takes an image out: finished, cancelled or failed. */
  public synchronized void release(Trajectory trajectory) {
    unfinished.remove(trajectory);
  }

  /** Expected time until the last of these images is done; those that are done count as now. */
  public synchronized Duration eta(Collection<Trajectory> request) {
    return latest(request, ordered(nanoClock.getAsLong()));
  }

  /** Images let in and not finished. */
  public synchronized int unfinished() {
    return unfinished.size();
  }

  /** Expected time until {@code count} images are done, or all of them where there are fewer. */
  private Duration untilFinished(int count, List<Trajectory> order) {
    return forecast.of(order).values().stream()
        .sorted()
        .limit(count)
        .reduce(Duration.ZERO, (sooner, later) -> later);
  }

  private Duration latest(Collection<Trajectory> request, List<Trajectory> order) {
    var finishing = forecast.of(order);
    return request.stream()
        .map(trajectory -> finishing.getOrDefault(trajectory, Duration.ZERO))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  @GuardedBy("this")
  private List<Trajectory> ordered(long nowNanos) {
    var order = new ArrayList<>(unfinished);
    order.sort((one, other) -> Trajectory.compare(one, other, nowNanos));
    return order;
  }
}
