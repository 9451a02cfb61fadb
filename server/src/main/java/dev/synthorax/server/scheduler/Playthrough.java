package dev.synthorax.server.scheduler;

import java.util.Arrays;

/**
 * Plays the step loop and the decoder forward on known costs, whole stretches of equal batches at a
 * time. The order stays as it is; an image that would begin after its deadline drops out.
 *
 * <p><b>Threading:</b> one thread; what it fills is only read afterwards.
 */
final class Playthrough {
  private final Waiting[] order;
  private final StepPrices prices;
  private final int[] left; // steps, by place
  private final double[] begins; // by place
  private final double[] ends; // decoded, by place
  private final PlayedSteps steps = new PlayedSteps();
  private final Lane singles;
  private final Lane pairs;
  private final int[] chosen;
  private int chosenCount;
  private int rows;
  private int controlRows;
  private final PlayedDecodes decodes;

  /** Images of one row count that are not done: those seen so far in order, then the rest. */
  private static final class Lane {
    private final int[] places;
    private final int[] open;
    private int openCount;
    private int next;

    private Lane(int[] places) {
      this.places = places;
      this.open = new int[places.length];
    }

    /** The {@code index}-th that is not done; none: a place beyond all. */
    private int get(int index) {
      if (index == openCount && next < places.length) {
        open[openCount++] = places[next++];
      }
      return index < openCount ? open[index] : Integer.MAX_VALUE;
    }

    private void dropDone(int[] left) {
      int kept = 0;
      for (int i = 0; i < openCount; i++) {
        if (left[open[i]] > 0) {
          open[kept++] = open[i];
        }
      }
      openCount = kept;
    }
  }

  /** Plays to the end; {@code order} is in the order in which steps are taken. */
  Playthrough(Waiting[] order, StepPrices prices) {
    this.order = order;
    this.prices = prices;
    this.left = new int[order.length];
    this.begins = new double[order.length];
    this.ends = new double[order.length];
    this.chosen = new int[prices.maxRows()];
    this.decodes = new PlayedDecodes(order.length);
    Arrays.fill(begins, Double.POSITIVE_INFINITY);
    for (int place = 0; place < order.length; place++) {
      left[place] = order[place].steps();
      if (left[place] == 0) {
        finish(place); // waits for the decoder alone
      }
    }
    this.singles = new Lane(places(1));
    this.pairs = new Lane(places(2));
    while (choose()) {
      step();
    }
  }

  private int[] places(int imageRows) {
    int[] places = new int[order.length];
    int count = 0;
    for (int place = 0; place < order.length; place++) {
      if (order[place].rows() == imageRows && left[place] > 0) {
        places[count++] = place;
      }
    }
    return Arrays.copyOf(places, count);
  }

  /** The images that fit, in order; see {@link StepOrder#plan}. */
  private boolean choose() {
    chosenCount = 0;
    rows = 0;
    controlRows = 0;
    int single = 0;
    int pair = 0;
    while (rows < prices.maxRows()) {
      int nextSingle = singles.get(single);
      int nextPair = rows + 2 <= prices.maxRows() ? pairs.get(pair) : Integer.MAX_VALUE;
      int place = Math.min(nextSingle, nextPair);
      if (place == Integer.MAX_VALUE) {
        break;
      }
      if (place == nextSingle) {
        single++;
      } else {
        pair++;
      }
      take(place);
    }
    return chosenCount > 0 || dropped(single + pair);
  }

  private boolean dropped(int looked) {
    singles.dropDone(left);
    pairs.dropDone(left);
    return looked > 0;
  }

  private void take(int place) {
    Waiting image = order[place];
    if (image.expiresNanos() <= steps.endNanos()) {
      left[place] = 0; // its rows are free, and it is answered then
      begins[place] = Math.min(begins[place], steps.endNanos());
      ends[place] = steps.endNanos();
      return;
    }
    chosen[chosenCount++] = place;
    begins[place] = Math.min(begins[place], steps.endNanos());
    rows += image.rows();
    controlRows += image.controlRows();
  }

  private void step() {
    if (chosenCount == 0) {
      return;
    }
    int count = Integer.MAX_VALUE;
    for (int i = 0; i < chosenCount; i++) {
      count = Math.min(count, left[chosen[i]]);
    }
    steps.add(count, rows, controlRows, prices.stepNanos(rows, controlRows));
    for (int i = 0; i < chosenCount; i++) {
      left[chosen[i]] -= count;
      if (left[chosen[i]] == 0) {
        finish(chosen[i]);
      }
    }
    singles.dropDone(left);
    pairs.dropDone(left);
  }

  private void finish(int place) {
    ends[place] = decodes.add(steps.endNanos(), prices.decodeNanos());
  }

  PlayedSteps steps() {
    return steps;
  }

  PlayedDecodes decodes() {
    return decodes;
  }

  /** When each image takes its first step, by place. */
  double[] begins() {
    return begins;
  }

  /** When each image is decoded, by place. */
  double[] ends() {
    return ends;
  }
}
