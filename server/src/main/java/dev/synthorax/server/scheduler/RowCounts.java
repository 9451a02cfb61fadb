package dev.synthorax.server.scheduler;

import java.util.List;

/**
 * The row counts that networks run at; a batch runs at the least one that holds it.
 *
 * @param denoiser counts of the denoising network, ascending
 * @param controlNet counts of the ControlNet, ascending; empty where there is none
 */
public record RowCounts(List<Integer> denoiser, List<Integer> controlNet) {
  /**
   * Copies.
   *
   * @throws IllegalArgumentException if the denoiser takes fewer than the two rows of an image with
   *     guidance
   */
  public RowCounts {
    denoiser = List.copyOf(denoiser);
    controlNet = List.copyOf(controlNet);
    if (denoiser.isEmpty() || denoiser.getLast() < 2) {
      throw new IllegalArgumentException(
          "row counts: " + denoiser + " (expected: at least 2 among them)");
    }
  }

  /** Most rows of a step. */
  public int max() {
    return denoiser.getLast();
  }

  /** What {@code rows} rows of a step run at; 0 for none. */
  public int padded(int rows) {
    return atLeast(denoiser, rows);
  }

  /** What {@code rows} rows with a mask run at; 0 for none, and where there is no ControlNet. */
  public int paddedControl(int rows) {
    return controlNet.isEmpty() ? 0 : atLeast(controlNet, rows);
  }

  private static int atLeast(List<Integer> counts, int rows) {
    if (rows == 0) {
      return 0;
    }
    for (int i = 0; i < counts.size(); i++) {
      if (counts.get(i) >= rows) {
        return counts.get(i);
      }
    }
    throw new IllegalArgumentException("rows: " + rows + " (expected: at most " + counts + ")");
  }
}
