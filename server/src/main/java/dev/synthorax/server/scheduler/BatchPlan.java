package dev.synthorax.server.scheduler;

import java.util.List;

/**
 * Which images take their next step together.
 *
 * @param tickets in row order
 * @param rows rows they take, padding not counted
 * @param controlRows of them with a mask
 */
record BatchPlan(List<Ticket> tickets, int rows, int controlRows) {
  BatchPlan {
    tickets = List.copyOf(tickets);
  }

  /** The images, in row order. */
  List<Trajectory> trajectories() {
    return tickets.stream().map(Ticket::image).toList();
  }
}
