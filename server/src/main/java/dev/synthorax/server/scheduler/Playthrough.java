package dev.synthorax.server.scheduler;

/**
 * Plays the step loop and the decoder forward on known costs: in the loop's own order, several
 * steps at a time. Where all images fit into a step, or all are of one request, that loses nothing;
 * where requests take turns, each turn is some steps long, so that their number stays in bounds.
 *
 * <p><b>Threading:</b> one thread; what it fills is only read afterwards.
 */
final class Playthrough {
  /** Turns in which requests share steps, besides those that end an image. */
  private static final int TURNS = 128;

  private final StepPrices prices;
  private final long nowNanos;
  private final int[] placeOf; // by number of the ticket
  private final int[] left; // steps, by place
  private final double[] ends; // decoded, by place
  private final StepOrder order = new StepOrder();
  private final PlayedSteps steps = new PlayedSteps();
  private final PlayedDecodes decodes;
  private final int turn; // steps

  /**
   * Plays to the end.
   *
   * @param images in the order in which they came
   */
  Playthrough(Waiting[] images, StepPrices prices, long nowNanos) {
    this.prices = prices;
    this.nowNanos = nowNanos;
    this.left = new int[images.length];
    this.ends = new double[images.length];
    this.placeOf = new int[images.length];
    this.decodes = new PlayedDecodes(images.length);
    long rowSteps = 0;
    int added = 0;
    for (int place = 0; place < images.length; place++) {
      left[place] = images[place].steps();
      rowSteps += images[place].rowSteps();
      if (left[place] == 0) {
        finish(place); // waits for the decoder alone
      } else {
        placeOf[added++] = place;
        order.add(images[place].image(), images[place].begun(), images[place].expires());
      }
    }
    this.turn = (int) Math.min(Integer.MAX_VALUE, 1 + rowSteps / prices.maxRows() / TURNS);
    while (!order.isEmpty()) {
      expire();
      step();
    }
  }

  private void expire() {
    long atNanos = nowNanos + (long) steps.endNanos();
    for (Ticket late = order.removeExpired(atNanos);
        late != null;
        late = order.removeExpired(atNanos)) {
      ends[place(late)] = steps.endNanos(); // its rows are free, and it is answered then
    }
  }

  private int place(Ticket ticket) {
    return placeOf[(int) ticket.number()];
  }

  private void step() {
    BatchPlan plan =
        order.plan(prices.maxRows(), Integer.MAX_VALUE, nowNanos + (long) steps.endNanos());
    double stepNanos = prices.stepNanos(plan.rows(), plan.controlRows());
    int count = plan.tickets().isEmpty() ? 0 : count(plan, stepNanos);
    steps.add(count, plan.rows(), plan.controlRows(), stepNanos);
    for (Ticket ticket : plan.tickets()) {
      int place = place(ticket);
      left[place] -= count;
      if (left[place] == 0) {
        order.remove(ticket);
        finish(place);
      } else {
        order.putBack(ticket, count);
      }
    }
  }

  /** For how many steps these images go on. */
  private int count(BatchPlan plan, double stepNanos) {
    boolean shared = plan.tickets().size() < order.size() && order.requests() > 1;
    int count = shared ? turn : Integer.MAX_VALUE;
    for (Ticket ticket : plan.tickets()) {
      count = Math.min(count, left[place(ticket)]);
    }
    Trajectory late = order.firstToExpire();
    if (late != null) {
      double untilNanos = late.dueNanos() - nowNanos - steps.endNanos();
      count = (int) Math.min(count, Math.max(1, Math.ceil(untilNanos / stepNanos)));
    }
    return count;
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

  /** When each image is decoded, by place. */
  double[] ends() {
    return ends;
  }
}
