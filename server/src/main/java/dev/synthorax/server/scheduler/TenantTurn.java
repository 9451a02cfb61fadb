package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;

/**
 * A tenant's turn among those of a class, and the turns of its requests: the request goes first
 * that had the fewest rounds, a new one being behind those of the round under way. Every other turn
 * is for requests that had no step yet, so that a short one need not wait for a round of long ones.
 *
 * <p><b>Threading:</b> the order's.
 */
final class TenantTurn extends FairLine.Member {
  private final ClassTurn priorityClass;
  private final String name;
  private final long number;
  private final Map<RequestShare, RequestTurn> requests = new HashMap<>();
  private final FairLine<RequestTurn> line = new FairLine<>(RequestTurn::compareRounds);
  private final FairLine<RequestTurn.First> fresh = new FairLine<>(RequestTurn.First::compare);
  private boolean freshIsNext = true;
  private long clock; // rows that the request had whose turn was last
  long rowsHad; // and those that it did not wait for

  TenantTurn(ClassTurn priorityClass, String name, long number) {
    this.priorityClass = priorityClass;
    this.name = name;
    this.number = number;
  }

  /** Those that had fewer rows first. */
  static int compare(TenantTurn one, TenantTurn other) {
    return one.rowsHad != other.rowsHad
        ? Long.compare(one.rowsHad, other.rowsHad)
        : Long.compare(one.number, other.number);
  }

  ClassTurn priorityClass() {
    return priorityClass;
  }

  String name() {
    return name;
  }

  boolean isEmpty() {
    return requests.isEmpty();
  }

  /** The request of an image, perhaps a new one. */
  RequestTurn request(Trajectory image, long newNumber, boolean begun) {
    RequestTurn request = requests.get(image.share());
    if (request == null) {
      request = new RequestTurn(this, image, newNumber, !begun);
      request.rowsHad = clock + RequestTurn.ROUND_ROWS;
      requests.put(image.share(), request);
    }
    return request;
  }

  /** A request has other images than it had. */
  void update(RequestTurn request) {
    line.update(request);
    fresh.update(request.first());
    if (request.isEmpty()) {
      requests.remove(request.share());
    }
  }

  /** Gives an image of some kinds its turn and takes it out. */
  Ticket take(int kinds) {
    RequestTurn.First first = freshIsNext ? fresh.first(kinds) : null;
    freshIsNext = first == null;
    RequestTurn request;
    if (first != null) {
      request = first.request();
    } else {
      request = requireNonNull(line.first(kinds), "request");
      clock = Math.max(clock, request.rowsHad);
    }
    Ticket ticket = request.take(kinds);
    charge(request, ticket.rows());
    return ticket;
  }

  /** A request had some rows, and so is not fresh. */
  void charge(RequestTurn request, long rows) {
    line.leave(request);
    request.had(rows);
    line.update(request);
    fresh.update(request.first());
  }

  @Override
  int kinds() {
    return line.kinds();
  }
}
