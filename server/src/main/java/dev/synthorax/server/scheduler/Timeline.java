package dev.synthorax.server.scheduler;

import java.util.Arrays;

/**
 * What a forecast says: when each waiting image will be done, and when further ones would. Times
 * are nanoseconds from the moment it was made.
 *
 * <p>Immutable.
 */
final class Timeline {
  private static final int MAX_ROWS = 2;

  private final Waiting[] order;
  private final StepPrices prices;
  private final PlayedSteps steps;
  private final PlayedDecodes decodes;
  private final double[] ends; // by place
  private final double[] sortedEnds;
  private final double[][] begins; // of a newcomer, by its rows less one, then by its place

  private Timeline(Waiting[] order, StepPrices prices) {
    this.order = order;
    this.prices = prices;
    var play = new Playthrough(order, prices);
    this.steps = play.steps();
    this.decodes = play.decodes();
    this.ends = play.ends();
    this.sortedEnds = ends.clone();
    Arrays.sort(sortedEnds);
    this.begins = new double[MAX_ROWS][];
    for (int rows = 1; rows <= MAX_ROWS; rows++) {
      begins[rows - 1] = begins(play.begins(), rows);
    }
  }

  /** Plays forward. The images come in any order, and are kept. */
  static Timeline of(Waiting[] images, StepPrices prices) {
    Arrays.sort(images, Waiting::compare);
    return new Timeline(images, prices);
  }

  /** A newcomer begins when the first image behind it would have, or in the first gap. */
  private double[] begins(double[] known, int rows) {
    double[] newcomers = new double[order.length + 1];
    newcomers[order.length] = steps.gapNanos(rows, prices.maxRows());
    for (int place = order.length - 1; place >= 0; place--) {
      boolean fits = order[place].rows() >= rows;
      newcomers[place] = fits ? Math.min(newcomers[place + 1], known[place]) : newcomers[place + 1];
    }
    return newcomers;
  }

  int size() {
    return order.length;
  }

  Trajectory image(int place) {
    return order[place].image();
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

  /** How many images go before a newcomer. */
  int place(Waiting newcomer) {
    int low = 0;
    int high = order.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Waiting.compare(order[middle], newcomer) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** When the last of {@code count} newcomers, all alike, would be decoded. */
  double end(Waiting newcomer, int count) {
    int atOnce = Math.min(count, Math.max(1, prices.maxRows() / newcomer.rows()));
    int place = place(newcomer);
    int first = begin(newcomer, place);
    int last = first;
    for (int i = 0; i < atOnce; i++) {
      int turns = (count - i + atOnce - 1) / atOnce; // each begins where the one before ends
      int begin = begin(newcomer, Math.min(place + i, order.length));
      last = Math.max(last, begin + turns * newcomer.steps());
    }
    double firstNanos = endNanos(first, first + newcomer.steps(), newcomer, atOnce);
    double lastNanos = endNanos(first, last, newcomer, atOnce);
    int endTogether = (count - 1) % atOnce + 1;
    return Math.max(
        decodes.freeNanos(firstNanos) + count * prices.decodeNanos(),
        decodes.freeNanos(lastNanos) + endTogether * prices.decodeNanos());
  }

  private double endNanos(int first, int last, Waiting newcomer, int images) {
    return steps.endNanos(
        first, last, images * newcomer.rows(), images * newcomer.controlRows(), prices);
  }

  private int begin(Waiting newcomer, int place) {
    return steps.stepAt(begins[newcomer.rows() - 1][place]);
  }

  /** What steps of so many rows take in a full loop. */
  double fullNanos(long rowSteps) {
    return (double) rowSteps / prices.maxRows() * prices.stepNanos(prices.maxRows(), 0);
  }
}
