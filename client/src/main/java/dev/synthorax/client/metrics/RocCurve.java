package dev.synthorax.client.metrics;

import java.util.ArrayList;
import java.util.List;

/** The receiver operating characteristic of one label, point by point. */
public final class RocCurve {
  private RocCurve() {}

  /**
   * One point: images that score at least {@code threshold} are called positive.
   *
   * @param threshold +infinity at the first point, where no image is
   * @param falsePositiveRate share of the negatives called positive
   * @param truePositiveRate share of the positives called positive
   */
  public record Point(double threshold, double falsePositiveRate, double truePositiveRate) {}

  /**
   * Returns the curve from (0, 0) to (1, 1), a point for each distinct score.
   *
   * @return empty where the images are of one class only
   */
  public static List<Point> of(LabelScores label) {
    double positives = label.positives();
    double negatives = label.size() - positives;
    List<Point> curve = new ArrayList<>();
    if (positives == 0 || negatives == 0) {
      return curve;
    }
    curve.add(new Point(Double.POSITIVE_INFINITY, 0, 0));
    ThresholdSweep.descending(
        label,
        (threshold, truePositives, falsePositives) ->
            curve.add(new Point(threshold, falsePositives / negatives, truePositives / positives)));
    return curve;
  }
}
