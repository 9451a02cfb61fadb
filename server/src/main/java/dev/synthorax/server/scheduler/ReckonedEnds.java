package dev.synthorax.server.scheduler;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * When many images will be done: too many to be played forward, and so many that each gets what
 * equal shares give it, whose turn it is within a round being no matter.
 *
 * <p><b>Threading:</b> one thread; what it fills is only read afterwards.
 */
final class ReckonedEnds {
  private final PlayedSteps steps = new PlayedSteps();
  private final PlayedDecodes decodes;
  private final double[] ends; // decoded, by place

  /**
   * Reckons all.
   *
   * @param images in the order in which they came, so that those of one request end in it
   */
  ReckonedEnds(Waiting[] images, Backlog backlog, StepPrices prices) {
    this.decodes = new PlayedDecodes(images.length);
    this.ends = new double[images.length];
    double stepNanos = fill(images, prices);
    double[] denoised = new double[images.length];
    Map<RequestShare, Long> rowsHad = new HashMap<>();
    for (int place = 0; place < images.length; place++) {
      Waiting waiting = images[place];
      long rows = rowsHad.merge(waiting.image().share(), waiting.rowSteps(), Long::sum);
      double full = backlog.rowsUntil(waiting.image(), rows) / prices.maxRows();
      denoised[place] = waiting.steps() == 0 ? 0 : Math.max(waiting.steps(), full) * stepNanos;
    }
    IntStream.range(0, images.length)
        .boxed()
        .sorted((one, other) -> Double.compare(denoised[one], denoised[other]))
        .forEach(place -> ends[place] = decodes.add(denoised[place], prices.decodeNanos()));
  }

  /** Full steps until nothing is left to do; returns what one takes. */
  private double fill(Waiting[] images, StepPrices prices) {
    long rowSteps = 0;
    long controlRowSteps = 0;
    for (Waiting waiting : images) {
      rowSteps += waiting.rowSteps();
      controlRowSteps += (long) waiting.controlRows() * waiting.steps();
    }
    int maxRows = prices.maxRows();
    int masked =
        rowSteps == 0 ? 0 : (int) Math.round((double) maxRows * controlRowSteps / rowSteps);
    double stepNanos = prices.stepNanos(maxRows, masked);
    steps.add((int) Math.ceilDiv(rowSteps, maxRows), maxRows, masked, stepNanos);
    return stepNanos;
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
