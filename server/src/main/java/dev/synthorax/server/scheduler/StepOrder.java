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
  /** Kinds of images that differ in what they take: rows of a step, and a slot or none. */
  private static final int KINDS = 4;

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

  /** By class, the lowest first, then by kind. */
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
      var kinds = new ArrayList<NavigableSet<Trajectory>>(KINDS);
      for (int kind = 0; kind < KINDS; kind++) {
        kinds.add(new TreeSet<>(BY_URGENCY));
      }
      byLevel.add(kinds);
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
    return byLevel.get(image.level()).get(image.rows() - 1 + (image.begun() ? 2 : 0));
  }

  /** An image that is in has a slot from now on. */
  void begin(Trajectory image) {
    place(image).remove(image);
    image.begin();
    place(image).add(image);
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

  /**
   * Chooses the images that fit, in order; a step is never split, and one that does not fit is
   * passed over.
   *
   * @param maxRows at least 2
   * @param freeSlots most images without a slot
   */
  BatchPlan plan(int maxRows, int freeSlots) {
    var chosen = new Choice(maxRows, freeSlots);
    for (int level = PriorityClass.LEVELS - 1; level >= 0 && chosen.left > 0; level--) {
      choose(byLevel.get(level).stream().map(Head::new).toList(), chosen);
    }
    return chosen.plan();
  }

  /** Merges the images of all kinds. */
  private static void choose(List<Head> heads, Choice chosen) {
    while (true) {
      Head first = null;
      for (Head head : heads) {
        if (chosen.fits(head.image) && (first == null || head.goesBefore(first))) {
          first = head;
        }
      }
      if (first == null || first.image == null) {
        return;
      }
      chosen.take(first.image);
      first.advance();
    }
  }

  /** The first image of a kind that is not chosen. */
  private static final class Head {
    private final Iterator<Trajectory> images;
    private @Nullable Trajectory image;

    private Head(NavigableSet<Trajectory> kind) {
      images = kind.iterator();
      advance();
    }

    private void advance() {
      image = images.hasNext() ? images.next() : null;
    }

    private boolean goesBefore(Head other) {
      return image != null && other.image != null && BY_URGENCY.compare(image, other.image) < 0;
    }
  }

  private static final class Choice {
    private final List<Trajectory> images = new ArrayList<>();
    private int left; // rows
    private int freeSlots;
    private int rows;
    private int controlRows;

    private Choice(int maxRows, int freeSlots) {
      this.left = maxRows;
      this.freeSlots = freeSlots;
    }

    private boolean fits(@Nullable Trajectory image) {
      return image != null && image.rows() <= left && (image.begun() || freeSlots > 0);
    }

    private void take(Trajectory image) {
      images.add(image);
      left -= image.rows();
      freeSlots -= image.begun() ? 0 : 1;
      rows += image.rows();
      controlRows += image.controlRows();
    }

    private BatchPlan plan() {
      return new BatchPlan(images, rows, controlRows);
    }
  }
}
