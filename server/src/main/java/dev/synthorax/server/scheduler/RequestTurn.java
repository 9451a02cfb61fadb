package dev.synthorax.server.scheduler;

import java.util.Comparator;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A request's turn among those of its tenant. Its images go in the order in which they came, those
 * that have a slot first.
 *
 * <p><b>Threading:</b> the order's.
 */
final class RequestTurn extends FairLine.Member {
  /** Rows that a request gets in one round: those of an image with guidance. */
  static final long ROUND_ROWS = 2;

  private static final Comparator<Ticket> BY_NUMBER = Comparator.comparingLong(Ticket::number);

  private final TenantTurn tenant;
  private final RequestShare share;
  private final int rows; // of a step of one of its images
  private final long dueNanos;
  private final long arrivalNanos;
  private final long number;
  private final NavigableSet<Ticket> begun = new TreeSet<>(BY_NUMBER);
  private final NavigableSet<Ticket> unbegun = new TreeSet<>(BY_NUMBER);
  private final First first = new First();
  private int images;
  private boolean fresh; // had no step
  long rowsHad; // and those of the rounds before it came

  /** Its turn among those that had no step. */
  final class First extends FairLine.Member {
    RequestTurn request() {
      return RequestTurn.this;
    }

    static int compare(First one, First other) {
      return compareDeadlines(one.request(), other.request());
    }

    @Override
    int kinds() {
      return fresh ? RequestTurn.this.kinds() : 0;
    }
  }

  /**
   * A request's.
   *
   * @param image its first; the others are like it
   */
  RequestTurn(TenantTurn tenant, Trajectory image, long number, boolean fresh) {
    this.tenant = tenant;
    this.share = image.share();
    this.rows = image.rows();
    this.dueNanos = image.dueNanos();
    this.arrivalNanos = image.arrivalNanos();
    this.number = number;
    this.fresh = fresh;
  }

  /** Those that had fewer rounds first; of one round, the earlier deadline. */
  static int compareRounds(RequestTurn one, RequestTurn other) {
    int byRound = Long.compare(one.rowsHad / ROUND_ROWS, other.rowsHad / ROUND_ROWS);
    return byRound != 0 ? byRound : compareDeadlines(one, other);
  }

  /** The earlier deadline first, then the earlier arrival. */
  private static int compareDeadlines(RequestTurn one, RequestTurn other) {
    int byDue = Long.signum(one.dueNanos - other.dueNanos); // clocks may wrap
    return byDue != 0 ? byDue : compareArrivals(one, other);
  }

  /** The one that arrived first. */
  static int compareArrivals(RequestTurn one, RequestTurn other) {
    int byArrival = Long.signum(one.arrivalNanos - other.arrivalNanos);
    return byArrival != 0 ? byArrival : Long.compare(one.number, other.number);
  }

  TenantTurn tenant() {
    return tenant;
  }

  RequestShare share() {
    return share;
  }

  long arrivalNanos() {
    return arrivalNanos;
  }

  First first() {
    return first;
  }

  /** An image comes that was not there before. */
  void join(Ticket ticket) {
    if (ticket.rows() != rows) {
      throw new IllegalArgumentException(
          "rows: %d (expected: %d, as the other images of its request)"
              .formatted(ticket.rows(), rows));
    }
    images++;
    put(ticket);
  }

  /** An image goes for good. */
  void quit(Ticket ticket) {
    images--;
    begun.remove(ticket);
    unbegun.remove(ticket);
  }

  boolean isEmpty() {
    return images == 0;
  }

  /** An image that was taken may be taken again. */
  void put(Ticket ticket) {
    (ticket.begun() ? begun : unbegun).add(ticket);
  }

  /** Takes its next image out, of some kinds; it has one. */
  Ticket take(int kinds) {
    @Nullable Ticket ticket = (kinds & begunKinds()) != 0 ? begun.pollFirst() : unbegun.pollFirst();
    if (ticket == null) {
      throw new IllegalStateException("a request without images was chosen");
    }
    return ticket;
  }

  void had(long rows) {
    fresh = false;
    rowsHad += rows;
  }

  private int begunKinds() {
    return begun.isEmpty() ? 0 : FairLine.kind(rows, true);
  }

  @Override
  int kinds() {
    return begunKinds() | (unbegun.isEmpty() ? 0 : FairLine.kind(rows, false));
  }
}
