package dev.synthorax.server.scheduler;

import java.util.List;

/**
 * Which images take their next step together.
 *
 * @param trajectories in row order
 * @param rows rows they take, padding not counted
 * @param controlRows of them with a mask
 */
record BatchPlan(List<Trajectory> trajectories, int rows, int controlRows) {
  BatchPlan {
    trajectories = List.copyOf(trajectories);
  }
}
