package dev.synthorax.server.scheduler;

import java.util.Arrays;
import java.util.Comparator;

/**
 * What a forecast says: when each waiting image will be done, and when further ones would. Times
 * are nanoseconds from the moment it was made.
 *
 * <p>Immutable.
 */
final class Timeline {
  /** So few images are played forward, in less than a millisecond; more are reckoned. */
  static final int FEW = 64;

  private final Waiting[] images;
  private final StepPrices prices;
  private final Backlog backlog;
  private final PlayedSteps steps;
  private final PlayedDecodes decodes;
  private final double[] ends; // by place
  private final double[] sortedEnds;

  private Timeline(Waiting[] images, StepPrices prices, long nowNanos) {
    this.images = images;
    this.prices = prices;
    this.backlog = new Backlog(images, nowNanos);
    if (images.length <= FEW) {
      var play = new Playthrough(images, prices, nowNanos);
      this.steps = play.steps();
      this.decodes = play.decodes();
      this.ends = play.ends();
    } else {
      var reckoned = new ReckonedEnds(images, backlog, prices);
      this.steps = reckoned.steps();
      this.decodes = reckoned.decodes();
      this.ends = reckoned.ends();
    }
    this.sortedEnds = ends.clone();
    Arrays.sort(sortedEnds);
  }

  /** Of these images, which come in any order, and are kept. */
  static Timeline of(Waiting[] images, StepPrices prices, long nowNanos) {
    Arrays.sort(images, Comparator.comparingLong(waiting -> waiting.image().admission()));
    return new Timeline(images, prices, nowNanos);
  }

  int size() {
    return images.length;
  }

  Trajectory image(int place) {
    return images[place].image();
  }

  /** When the image at a place will be decoded. */
  double end(int place) {
    return ends[place];
  }

  /** When so many of the images will be decoded, or all where there are fewer; ascending. */
  double[] ends(int count) {
    return Arrays.copyOf(sortedEnds, Math.min(count, sortedEnds.length));
  }

  /** When the last image will be decoded. */
  double end() {
    return sortedEnds.length == 0 ? 0 : sortedEnds[sortedEnds.length - 1];
  }

  /** How many of the images will be decoded before some moment. */
  int doneBefore(double nanos) {
    int low = 0;
    int high = sortedEnds.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sortedEnds[middle] < nanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** When the first of {@code count} newcomers, all alike, would be decoded. */
  double firstEnd(Waiting newcomer, int count) {
    int turns = turns(newcomer, count);
    double nanos = denoised(newcomer, count, turns) / turns;
    return decodes.freeNanos(nanos) + prices.decodeNanos();
  }

  /** When the last of them would be decoded. */
  double end(Waiting newcomer, int count) {
    int turns = turns(newcomer, count);
    double lastNanos = denoised(newcomer, count, turns);
    int endTogether = (count - 1) % atOnce(newcomer, count) + 1;
    return Math.max(
        decodes.freeNanos(lastNanos / turns) + count * prices.decodeNanos(),
        decodes.freeNanos(lastNanos) + endTogether * prices.decodeNanos());
  }

  private int atOnce(Waiting newcomer, int count) {
    return Math.min(count, Math.max(1, prices.maxRows() / newcomer.rows()));
  }

  /** Images after one another, each begun where one before ends. */
  private int turns(Waiting newcomer, int count) {
    return Math.ceilDiv(count, atOnce(newcomer, count));
  }

  /** When the last takes its last step: in the company that there is, or by its share. */
  private double denoised(Waiting newcomer, int count, int turns) {
    int atOnce = atOnce(newcomer, count);
    double inCompany =
        steps.endNanos(
            turns * newcomer.steps(),
            atOnce * newcomer.rows(),
            atOnce * newcomer.controlRows(),
            prices);
    double byShare =
        fullNanos(backlog.rowsWithNewcomer(newcomer.image(), count * newcomer.rowSteps()));
    return Math.max(inCompany, byShare);
  }

  /** What steps of so many rows take in a full loop. */
  double fullNanos(double rowSteps) {
    int maxRows = prices.maxRows();
    int masked = (int) Math.round(maxRows * steps.maskedPart());
    return rowSteps / maxRows * prices.stepNanos(maxRows, masked);
  }
}
