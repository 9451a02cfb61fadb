package dev.synthorax.client.metrics;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A threshold for each label, chosen on validation scores and then frozen: choosing on test images
 * inflates F1, so there is no way to make one of {@link TestScores}. A score at or above its
 * threshold predicts the label.
 */
public final class Thresholds {
  private final Map<String, Double> byLabel;

  private Thresholds(Map<String, Double> byLabel) {
    this.byLabel = byLabel;
  }

  /**
   * Chooses, label by label, the score that maximises F1; of several the lowest.
   *
   * @throws IllegalArgumentException if no validation image has some label
   */
  public static Thresholds maximizingF1(ValidationScores validation) {
    Map<String, Double> byLabel = new LinkedHashMap<>();
    for (LabelScores label : validation.labels()) {
      if (label.positives() == 0) {
        throw new IllegalArgumentException(
            "label '"
                + label.label()
                + "': no positive among "
                + label.size()
                + " validation images (expected: at least one, to choose a threshold on)");
      }
      Best best = new Best(label.positives());
      ThresholdSweep.descending(label, best);
      byLabel.put(label.label(), best.threshold);
    }
    return new Thresholds(byLabel);
  }

  /**
   * Returns the threshold of a label.
   *
   * @throws IllegalArgumentException if none was chosen
   */
  public double of(String label) {
    Double threshold = byLabel.get(label);
    if (threshold == null) {
      throw new IllegalArgumentException(
          "label '"
              + label
              + "': no threshold (expected: one of the validation labels "
              + String.join(", ", byLabel.keySet())
              + ")");
    }
    return threshold;
  }

  private static final class Best implements ThresholdSweep.Visitor {
    private final long positives;
    private double f1 = -1;
    private double threshold;

    Best(long positives) {
      this.positives = positives;
    }

    @Override
    public void at(double candidate, long truePositives, long falsePositives) {
      double value = 2.0 * truePositives / (truePositives + falsePositives + positives);
      if (value >= f1) {
        f1 = value;
        threshold = candidate;
      }
    }
  }
}
