package dev.synthorax.client.metrics;

/**
 * Average precision: the area under the precision-recall steps, {@code sum (R_k - R_(k-1)) P_k}
 * over the distinct thresholds; no interpolation, which would flatter.
 */
public final class AveragePrecision {
  private AveragePrecision() {}

  /**
   * Returns the average precision.
   *
   * @return 0..1, chance is the prevalence; NaN where no image has the label
   */
  public static double of(LabelScores label) {
    long positives = label.positives();
    if (positives == 0) {
      return Double.NaN;
    }
    Area area = new Area(positives);
    ThresholdSweep.descending(label, area);
    return area.sum;
  }

  private static final class Area implements ThresholdSweep.Visitor {
    private final double positives;
    private long reached;
    private double sum;

    Area(double positives) {
      this.positives = positives;
    }

    @Override
    public void at(double threshold, long truePositives, long falsePositives) {
      double precision = truePositives / (double) (truePositives + falsePositives);
      sum += (truePositives - reached) / positives * precision;
      reached = truePositives;
    }
  }
}
