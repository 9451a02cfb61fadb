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

  /**
   * Takes the images that fit, in order; an image-step is never split.
   *
   * @param ordered the most urgent first
   * @param maxRows at least 2
   */
  static BatchPlan of(List<Trajectory> ordered, int maxRows) {
    var chosen = new java.util.ArrayList<Trajectory>();
    int rows = 0;
    int controlRows = 0;
    for (Trajectory trajectory : ordered) {
      if (rows + trajectory.rows() <= maxRows) {
        chosen.add(trajectory);
        rows += trajectory.rows();
        controlRows += trajectory.controlRows();
      }
    }
    return new BatchPlan(chosen, rows, controlRows);
  }
}
