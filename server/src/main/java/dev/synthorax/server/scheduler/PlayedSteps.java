package dev.synthorax.server.scheduler;

import java.util.Arrays;

/**
 * Steps that were played forward: stretches of equal batches, one after another.
 *
 * <p><b>Threading:</b> filled on one thread, then only read.
 */
final class PlayedSteps {
  private static final int ROOM = 16;

  private int[] counts = new int[ROOM]; // steps, by stretch
  private int[] rows = new int[ROOM];
  private int[] controlRows = new int[ROOM];
  private int stretches;
  private long rowSteps;
  private long controlRowSteps;
  private double endNanos;

  void add(int steps, int batchRows, int batchControlRows, double stepNanos) {
    if (stretches == rows.length) {
      counts = Arrays.copyOf(counts, 2 * stretches);
      rows = Arrays.copyOf(rows, 2 * stretches);
      controlRows = Arrays.copyOf(controlRows, 2 * stretches);
    }
    counts[stretches] = steps;
    rows[stretches] = batchRows;
    controlRows[stretches] = batchControlRows;
    stretches++;
    rowSteps += (long) steps * batchRows;
    controlRowSteps += (long) steps * batchControlRows;
    endNanos += steps * stepNanos;
  }

  /** When the last stretch ends. */
  double endNanos() {
    return endNanos;
  }

  /** Part of the rows that have a mask; none of none. */
  double maskedPart() {
    return rowSteps == 0 ? 0 : (double) controlRowSteps / rowSteps;
  }

  /**
   * When a newcomer's steps end if its rows are added from now on, as far as they fit; beyond the
   * end they are alone.
   */
  double endNanos(int newSteps, int newRows, int newControlRows, StepPrices prices) {
    double nanos = 0;
    int left = newSteps;
    for (int stretch = 0; stretch < stretches && left > 0; stretch++) {
      int all = Math.min(prices.maxRows(), rows[stretch] + newRows);
      int masked = Math.min(all, Math.max(newControlRows, controlRows[stretch]));
      if (rows[stretch] + newRows <= prices.maxRows()) {
        masked = controlRows[stretch] + newControlRows;
      }
      int steps = Math.min(left, counts[stretch]);
      nanos += steps * prices.stepNanos(all, masked);
      left -= steps;
    }
    return nanos + left * prices.stepNanos(newRows, newControlRows);
  }
}
