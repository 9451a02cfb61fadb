package dev.synthorax.server.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Waiting images in the order in which they take steps: higher classes first, then the earlier
 * deadline, then the earlier arrival. Choosing a batch looks at the images it takes and at few
 * more, however many wait; an image joins, rises a class, expires and leaves in logarithmic time.
 *
 * <p><b>Threading:</b> one thread, the step loop's.
 */
final class StepOrder {
  private static final int MAX_ROWS = 2;

  /** Differences, since the clock's numbers may wrap. */
  private static final Comparator<Trajectory> BY_SEQUENCE =
      (one, other) -> Long.compare(one.sequence(), other.sequence());

  private static final Comparator<Trajectory> BY_URGENCY =
      by((Trajectory one, Trajectory other) -> one.dueNanos() - other.dueNanos())
          .thenComparing(by((one, other) -> one.arrivalNanos() - other.arrivalNanos()))
          .thenComparing(BY_SEQUENCE);

  private static final Comparator<Trajectory> BY_RISE =
      by((Trajectory one, Trajectory other) -> one.riseNanos() - other.riseNanos())
          .thenComparing(BY_SEQUENCE);

  private static final Comparator<Trajectory> BY_DEADLINE =
      by((Trajectory one, Trajectory other) -> one.dueNanos() - other.dueNanos())
          .thenComparing(BY_SEQUENCE);

  /** By class, the lowest first, then by rows of a step. */
  private final List<List<NavigableSet<Trajectory>>> byLevel = new ArrayList<>();

  private final NavigableSet<Trajectory> rising = new TreeSet<>(BY_RISE);
  private final NavigableSet<Trajectory> expiring = new TreeSet<>(BY_DEADLINE);
  private long added;
  private int size;

  private interface Difference {
    long of(Trajectory one, Trajectory other);
  }

  private static Comparator<Trajectory> by(Difference difference) {
    return (one, other) -> Long.signum(difference.of(one, other));
  }

  StepOrder() {
    for (int level = 0; level < PriorityClass.LEVELS; level++) {
      byLevel.add(List.of(new TreeSet<>(BY_URGENCY), new TreeSet<>(BY_URGENCY)));
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Adds an image that is not in. */
  void add(Trajectory image, long nowNanos) {
    image.enter(added++, image.levelAt(nowNanos));
    place(image).add(image);
    if (image.rises()) {
      rising.add(image);
    }
    if (image.hasDeadline()) {
      expiring.add(image);
    }
    size++;
  }

  /** Takes an image out; does nothing for one that is not in. */
  void remove(Trajectory image) {
    if (image.waits()) {
      place(image).remove(image);
      rising.remove(image);
      expiring.remove(image);
      image.leave();
      size--;
    }
  }

  private NavigableSet<Trajectory> place(Trajectory image) {
    return byLevel.get(image.level()).get(image.rows() - 1);
  }

  /** Lets images rise that have waited long enough. */
  void age(long nowNanos) {
    while (!rising.isEmpty() && rising.first().riseNanos() - nowNanos <= 0) {
      Trajectory image = rising.pollFirst();
      place(image).remove(image);
      image.rise(image.levelAt(nowNanos));
      place(image).add(image);
      if (image.rises()) {
        rising.add(image);
      }
    }
  }

  /** Takes out an image whose deadline has passed; null: none. */
  @Nullable Trajectory removeExpired(long nowNanos) {
    if (expiring.isEmpty() || !expiring.first().expired(nowNanos)) {
      return null;
    }
    Trajectory image = expiring.first();
    remove(image);
    return image;
  }

  /** Takes out any image; null: none is in. */
  @Nullable Trajectory removeAny() {
    for (var level : byLevel) {
      for (var images : level) {
        if (!images.isEmpty()) {
          Trajectory image = images.first();
          remove(image);
          return image;
        }
      }
    }
    return null;
  }

  /**
   * Chooses the images that fit, in order; a step is never split, and one that does not fit is
   * passed over.
   *
   * @param maxRows at least 2
   */
  BatchPlan plan(int maxRows) {
    var chosen = new Choice(maxRows);
    for (int level = PriorityClass.LEVELS - 1; level >= 0 && chosen.left() > 0; level--) {
      choose(byLevel.get(level).get(0).iterator(), byLevel.get(level).get(1).iterator(), chosen);
    }
    return chosen.plan();
  }

  /** Merges the images of one row and those of two. */
  private static void choose(
      Iterator<Trajectory> singles, Iterator<Trajectory> pairs, Choice chosen) {
    Trajectory single = next(singles);
    Trajectory pair = next(pairs);
    while (chosen.left() > 0) {
      if (chosen.left() < MAX_ROWS) {
        pair = null;
      }
      if (pair != null && (single == null || BY_URGENCY.compare(pair, single) < 0)) {
        chosen.take(pair);
        pair = next(pairs);
      } else if (single != null) {
        chosen.take(single);
        single = next(singles);
      } else {
        return;
      }
    }
  }

  private static @Nullable Trajectory next(Iterator<Trajectory> images) {
    return images.hasNext() ? images.next() : null;
  }

  private static final class Choice {
    private final List<Trajectory> images = new ArrayList<>();
    private final int maxRows;
    private int rows;
    private int controlRows;

    private Choice(int maxRows) {
      this.maxRows = maxRows;
    }

    private int left() {
      return maxRows - rows;
    }

    private void take(Trajectory image) {
      images.add(image);
      rows += image.rows();
      controlRows += image.controlRows();
    }

    private BatchPlan plan() {
      return new BatchPlan(images, rows, controlRows);
    }
  }
}
