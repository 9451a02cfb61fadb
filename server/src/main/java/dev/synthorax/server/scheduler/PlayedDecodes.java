package dev.synthorax.server.scheduler;

import java.util.Arrays;

/**
 * Images that were played through the decoder, one after another.
 *
 * <p><b>Threading:</b> filled on one thread, then only read.
 */
final class PlayedDecodes {
  private final double[] comeNanos;
  private final double[] doneNanos;
  private int count;

  PlayedDecodes(int most) {
    comeNanos = new double[most];
    doneNanos = new double[most];
  }

  /** An image comes, no earlier than the one before; returns when it is done. */
  double add(double nanos, double decodeNanos) {
    comeNanos[count] = nanos;
    doneNanos[count] = freeFrom(nanos, count) + decodeNanos;
    return doneNanos[count++];
  }

  /** When the decoder can take an image that comes at a moment, behind those that came by then. */
  double freeNanos(double nanos) {
    int found = Arrays.binarySearch(comeNanos, 0, count, Math.nextUp(nanos));
    return freeFrom(nanos, found >= 0 ? found : -found - 1);
  }

  private double freeFrom(double nanos, int before) {
    return before == 0 ? nanos : Math.max(nanos, doneNanos[before - 1]);
  }
}
