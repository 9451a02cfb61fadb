package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Waiting images and whose turn it is: higher classes first; within a class tenants share rows
 * alike, then the requests of a tenant, whatever number of images they have; requests that had as
 * much go by deadline, then by arrival. Work that has waited long gets every fourth turn of the
 * classes above its own, and no more. Choosing looks at the images it takes alone, however many
 * wait; all else takes logarithmic time.
 *
 * <p>The forecast plays on the same order.
 *
 * <p><b>Threading:</b> one thread.
 */
final class StepOrder {
  private static final Comparator<Ticket> BY_DEADLINE =
      ((Comparator<Ticket>)
              (one, other) -> Long.signum(one.image().dueNanos() - other.image().dueNanos()))
          .thenComparingLong(Ticket::number);

  private final Map<PriorityClass, ClassTurn> byPriority = new EnumMap<>(PriorityClass.class);
  private final List<ClassTurn> classes; // the least urgent first
  private final NavigableSet<Ticket> expiring = new TreeSet<>(BY_DEADLINE);
  private long added;
  private int size;

  StepOrder() {
    for (PriorityClass each : PriorityClass.values()) {
      byPriority.put(each, new ClassTurn());
    }
    classes = List.copyOf(byPriority.values());
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /** Requests that have images in. */
  int requests() {
    return classes.stream().mapToInt(ClassTurn::requests).sum();
  }

  private static ClassTurn of(Ticket ticket) {
    return ticket.request().tenant().priorityClass();
  }

  /**
   * Adds an image.
   *
   * @param begun whether it had steps before
   * @param expires whether it is taken out when its deadline passes
   */
  Ticket add(Trajectory image, boolean begun, boolean expires) {
    ClassTurn priorityClass = requireNonNull(byPriority.get(image.priority()), "class");
    Ticket ticket = priorityClass.add(image, added++, begun);
    if (expires) {
      expiring.add(ticket);
    }
    size++;
    return ticket;
  }

  /** Takes an image out; does nothing for one that is not in. */
  void remove(Ticket ticket) {
    if (ticket.waits) {
      ticket.waits = false;
      of(ticket).remove(ticket);
      expiring.remove(ticket);
      size--;
    }
  }

  /**
   * Puts an image back that was chosen; it has a slot from now on.
   *
   * @param steps that it had by its turn, at least 1
   */
  void putBack(Ticket ticket, int steps) {
    ticket.begun = true;
    of(ticket).putBack(ticket, (steps - 1L) * ticket.rows());
  }

  /** Takes out an image whose deadline has passed; null: none. */
  @Nullable Ticket removeExpired(long nowNanos) {
    if (expiring.isEmpty() || !expiring.first().image().expired(nowNanos)) {
      return null;
    }
    Ticket ticket = expiring.first();
    remove(ticket);
    return ticket;
  }

  /** The image whose deadline passes first; null: none has one. */
  @Nullable Trajectory firstToExpire() {
    return expiring.isEmpty() ? null : expiring.first().image();
  }

  /**
   * Chooses images that fit by whose turn it is, and takes them out until they are {@linkplain
   * #putBack put back} or removed; a step is never split, and one that does not fit is passed over.
   *
   * @param maxRows at least 2
   * @param freeSlots most images without a slot
   */
  BatchPlan plan(int maxRows, int freeSlots, long nowNanos) {
    classes.forEach(each -> each.age(nowNanos));
    var chosen = new Choice(maxRows, freeSlots);
    int kinds = chosen.kinds();
    for (ClassTurn turn = turn(kinds); turn != null; turn = turn(kinds)) {
      chosen.add(turn.take(kinds));
      kinds = chosen.kinds();
    }
    return chosen.plan();
  }

  /** The class whose turn it is, with an image of some kinds; null: nothing fits. */
  private @Nullable ClassTurn turn(int kinds) {
    return turn(classes.size() - 1, kinds, false);
  }

  private @Nullable ClassTurn turn(int highest, int kinds, boolean agedAlone) {
    for (int rank = highest; rank >= 0; rank--) {
      ClassTurn here = classes.get(rank);
      if (here.has(kinds) && (here.aged() || !agedAlone)) {
        ClassTurn below = here.owesTurn() ? turn(rank - 1, kinds, true) : null;
        if (here.owesTurn()) {
          here.settle();
        }
        return below == null ? here : below;
      }
    }
    return null;
  }

  private static final class Choice {
    private final List<Ticket> tickets = new ArrayList<>();
    private final int maxRows;
    private int freeSlots;
    private int rows;
    private int controlRows;

    private Choice(int maxRows, int freeSlots) {
      this.maxRows = maxRows;
      this.freeSlots = freeSlots;
    }

    private int kinds() {
      return FairLine.fitting(maxRows - rows, freeSlots);
    }

    private void add(Ticket ticket) {
      tickets.add(ticket);
      freeSlots -= ticket.begun() ? 0 : 1;
      rows += ticket.rows();
      controlRows += ticket.image().controlRows();
    }

    private BatchPlan plan() {
      return new BatchPlan(tickets, rows, controlRows);
    }
  }
}
