package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The images of one priority class, by tenant and request.
 *
 * <p><b>Threading:</b> the order's.
 */
final class ClassTurn {
  private final Map<String, TenantTurn> byName = new HashMap<>();
  private final FairLine<TenantTurn> tenants = new FairLine<>(TenantTurn::compare);
  private final NavigableSet<RequestTurn> byArrival = new TreeSet<>(RequestTurn::compareArrivals);
  private long clock; // rows that the tenant had whose turn was last
  private int turnsAhead;
  private boolean aged;

  /** An image comes. */
  Ticket add(Trajectory image, long number, boolean begun) {
    TenantTurn tenant = byName.get(image.share().tenant());
    if (tenant == null) {
      tenant = new TenantTurn(this, image.share().tenant(), number);
      tenant.rowsHad = clock;
      byName.put(tenant.name(), tenant);
    }
    RequestTurn request = tenant.request(image, number, begun);
    var ticket = new Ticket(image, request, number, begun);
    request.join(ticket);
    byArrival.add(request);
    update(request);
    return ticket;
  }

  /** An image goes for good, taken out or not. */
  void remove(Ticket ticket) {
    ticket.request().quit(ticket);
    update(ticket.request());
  }

  /** An image that was taken may be taken again; it had rows beyond those of its turn. */
  void putBack(Ticket ticket, long moreRows) {
    RequestTurn request = ticket.request();
    request.put(ticket);
    if (moreRows > 0) {
      TenantTurn tenant = request.tenant();
      tenant.charge(request, moreRows);
      tenants.leave(tenant);
      tenant.rowsHad += moreRows;
    }
    update(request);
  }

  private void update(RequestTurn request) {
    TenantTurn tenant = request.tenant();
    tenant.update(request);
    tenants.update(tenant);
    if (request.isEmpty()) {
      byArrival.remove(request);
    }
    if (tenant.isEmpty()) {
      byName.remove(tenant.name());
    }
  }

  /** Notes whether its work has waited long. */
  void age(long nowNanos) {
    aged =
        !byArrival.isEmpty()
            && nowNanos - byArrival.first().arrivalNanos() >= PriorityClass.AGEING_NANOS;
  }

  boolean aged() {
    return aged;
  }

  boolean has(int kinds) {
    return (tenants.kinds() & kinds) != 0;
  }

  /** Requests that are in. */
  int requests() {
    return byArrival.size();
  }

  /** Whether a turn of a class below is due. */
  boolean owesTurn() {
    return turnsAhead >= PriorityClass.TURNS_AHEAD;
  }

  /** A class below had its turn, or none waits for one. */
  void settle() {
    turnsAhead = 0;
  }

  /** Gives an image of some kinds its turn and takes it out; there is one. */
  Ticket take(int kinds) {
    TenantTurn tenant = requireNonNull(tenants.first(kinds), "tenant");
    tenants.leave(tenant);
    Ticket ticket = tenant.take(kinds);
    clock = Math.max(clock, tenant.rowsHad);
    tenant.rowsHad += ticket.rows();
    turnsAhead++;
    tenants.update(tenant);
    return ticket;
  }
}
