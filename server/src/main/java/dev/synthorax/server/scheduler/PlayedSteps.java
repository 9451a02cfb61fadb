package dev.synthorax.server.scheduler;

import java.util.Arrays;

/**
 * Steps that were played forward: stretches of equal batches, one after another.
 *
 * <p><b>Threading:</b> filled on one thread, then only read.
 */
final class PlayedSteps {
  private static final int ROOM = 16;

  private double[] beginNanos = new double[ROOM];
  private int[] firstStep = new int[ROOM];
  private int[] rows = new int[ROOM];
  private int[] controlRows = new int[ROOM];
  private int stretches;
  private int endStep;
  private double endNanos;

  void add(int steps, int batchRows, int batchControlRows, double stepNanos) {
    if (stretches == rows.length) {
      beginNanos = Arrays.copyOf(beginNanos, 2 * stretches);
      firstStep = Arrays.copyOf(firstStep, 2 * stretches);
      rows = Arrays.copyOf(rows, 2 * stretches);
      controlRows = Arrays.copyOf(controlRows, 2 * stretches);
    }
    beginNanos[stretches] = endNanos;
    firstStep[stretches] = endStep;
    rows[stretches] = batchRows;
    controlRows[stretches] = batchControlRows;
    stretches++;
    endStep += steps;
    endNanos += steps * stepNanos;
  }

  /** When the last stretch ends. */
  double endNanos() {
    return endNanos;
  }

  /** When the first stretch begins that leaves so many rows free; the end where none does. */
  double gapNanos(int freeRows, int maxRows) {
    for (int i = 0; i < stretches; i++) {
      if (maxRows - rows[i] >= freeRows) {
        return beginNanos[i];
      }
    }
    return endNanos;
  }

  /** Steps before a moment at which a stretch begins or the last one ends. */
  int stepAt(double nanos) {
    if (nanos >= endNanos) {
      return endStep;
    }
    int found = Arrays.binarySearch(beginNanos, 0, stretches, nanos);
    return firstStep[found >= 0 ? found : Math.max(0, -found - 2)];
  }

  /**
   * When step {@code last} ends if from step {@code first} on a newcomer's rows are added, as far
   * as they fit; beyond the end they are alone.
   */
  double endNanos(int first, int last, int newRows, int newControlRows, StepPrices prices) {
    int stretch = Arrays.binarySearch(firstStep, 0, stretches, first);
    if (stretch < 0) {
      stretch = Math.max(0, -stretch - 2);
    }
    double nanos = first >= endStep ? endNanos : beginNanos[stretch];
    int step = first;
    for (; stretch < stretches && step < last; stretch++) {
      int end = stretch + 1 < stretches ? firstStep[stretch + 1] : endStep;
      int steps = Math.min(end, last) - step;
      if (steps > 0) {
        int all = Math.min(prices.maxRows(), rows[stretch] + newRows);
        int masked = Math.min(all, Math.max(newControlRows, controlRows[stretch]));
        if (rows[stretch] + newRows <= prices.maxRows()) {
          masked = controlRows[stretch] + newControlRows;
        }
        nanos += steps * prices.stepNanos(all, masked);
        step += steps;
      }
    }
    return nanos + (last - step) * prices.stepNanos(newRows, newControlRows);
  }
}
