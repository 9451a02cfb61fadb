package dev.synthorax.server.scheduler;

/**
 * What steps and decoding cost at one moment, looked up once for every row count.
 *
 * <p>Immutable.
 */
final class StepPrices {
  private final int maxRows;
  private final double decodeNanos;
  private final double[] rowNanos; // by rows
  private final double[] controlNanos; // by rows with a mask

  StepPrices(RowCounts rowCounts, StepCost cost) {
    this.maxRows = rowCounts.max();
    this.decodeNanos = cost.decodeNanos();
    this.rowNanos = new double[maxRows + 1];
    this.controlNanos = new double[maxRows + 1];
    for (int rows = 1; rows <= maxRows; rows++) {
      rowNanos[rows] = cost.stepNanos(rowCounts.padded(rows), 0);
      controlNanos[rows] = cost.stepNanos(0, rowCounts.paddedControl(rows));
    }
  }

  /** Most rows of a step. */
  int maxRows() {
    return maxRows;
  }

  /** Nanoseconds to decode one image. */
  double decodeNanos() {
    return decodeNanos;
  }

  /** Nanoseconds of one step. */
  double stepNanos(int rows, int controlRows) {
    return rowNanos[rows] + controlNanos[controlRows];
  }
}
