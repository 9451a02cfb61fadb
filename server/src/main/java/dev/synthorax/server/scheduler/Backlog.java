package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows that requests still take, and how many of them go until one has had some of its own: those
 * of higher classes, and of its own class what equal shares give to the others in the meantime.
 *
 * <p>Immutable.
 */
final class Backlog {
  private final Map<PriorityClass, Left> classes = new EnumMap<>(PriorityClass.class);

  /** A class: its tenants, what each has left, and whether one of its requests has waited long. */
  private record Left(Map<String, Parts> tenants, Parts totals, boolean aged) {}

  /** What each of some has left, the least first, and the sums. */
  private static final class Parts {
    private final long[] rows;
    private final long[] sums;

    private Parts(Collection<Long> each) {
      rows = each.stream().mapToLong(Long::longValue).sorted().toArray();
      sums = new long[rows.length + 1];
      for (int i = 0; i < rows.length; i++) {
        sums[i + 1] = sums[i] + rows[i];
      }
    }

    private long all() {
      return sums[rows.length];
    }

    /** Rows of all until each has had so many, or all of its own. */
    private long until(long each) {
      int found = Arrays.binarySearch(rows, each);
      int less = found >= 0 ? found : -found - 1;
      return sums[less] + (rows.length - less) * each;
    }
  }

  /** What is left of these. */
  Backlog(Waiting[] images, long nowNanos) {
    Map<PriorityClass, Map<String, Map<RequestShare, Long>>> left =
        new EnumMap<>(PriorityClass.class);
    Map<PriorityClass, Boolean> aged = new EnumMap<>(PriorityClass.class);
    for (Waiting waiting : images) {
      Trajectory image = waiting.image();
      left.computeIfAbsent(image.priority(), _ -> new HashMap<>())
          .computeIfAbsent(image.share().tenant(), _ -> new HashMap<>())
          .merge(image.share(), waiting.rowSteps(), Long::sum);
      boolean waitedLong = nowNanos - image.arrivalNanos() >= PriorityClass.AGEING_NANOS;
      aged.merge(image.priority(), waitedLong, Boolean::logicalOr);
    }
    left.forEach(
        (priority, tenants) -> {
          var parts = new HashMap<String, Parts>();
          tenants.forEach((name, requests) -> parts.put(name, new Parts(requests.values())));
          Parts totals = new Parts(parts.values().stream().map(Parts::all).toList());
          classes.put(priority, new Left(parts, totals, requireNonNull(aged.get(priority))));
        });
  }

  /**
   * Rows until a newcomer has had all of its own, these included; its first step is before others.
   *
   * @param newcomer one of its images
   * @param rows of all steps of all its images
   */
  double rowsWithNewcomer(Trajectory newcomer, long rows) {
    Parts tenant = tenant(newcomer);
    return rows(newcomer, rows + (tenant == null ? 0 : tenant.until(rows - newcomer.rows())));
  }

  /**
   * Rows until a request that is in has had some of its own, these included.
   *
   * @param image one of its images
   */
  double rowsUntil(Trajectory image, long rows) {
    return rows(image, requireNonNull(tenant(image), "tenant").until(rows));
  }

  private @Nullable Parts tenant(Trajectory image) {
    Left same = classes.get(image.priority());
    return same == null ? null : same.tenants.get(image.share().tenant());
  }

  /** Rows until an image's tenant has had some in the image's class. */
  private double rows(Trajectory image, long tenantRows) {
    Left own = classes.get(image.priority());
    Parts tenant = tenant(image);
    double here = tenantRows;
    if (own != null) { // of the other tenants
      here += own.totals.until(tenantRows);
      here -= tenant == null ? 0 : Math.min(tenant.all(), tenantRows);
    }
    double above = 0;
    double agedBelow = 0;
    for (Map.Entry<PriorityClass, Left> entry : classes.entrySet()) {
      int higher = entry.getKey().compareTo(image.priority());
      above += higher > 0 ? entry.getValue().totals.all() : 0;
      agedBelow += higher < 0 && entry.getValue().aged ? entry.getValue().totals.all() : 0;
    }
    boolean aged = own != null && own.aged;
    double before = here + (aged ? Math.min(above, PriorityClass.TURNS_AHEAD * here) : above);
    return before + Math.min(agedBelow, before / PriorityClass.TURNS_AHEAD);
  }
}
