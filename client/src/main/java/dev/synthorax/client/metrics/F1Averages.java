package dev.synthorax.client.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * F1 over several labels, in the four usual averages.
 *
 * @param macro mean over labels
 * @param micro of all decisions together
 * @param weighted mean over labels, weighted by their positives; the plain mean where no label has
 *     any, as scikit-learn gives it
 * @param samples mean over images of the F1 of their labels; NaN unless every label has a truth for
 *     the same images
 */
public record F1Averages(double macro, double micro, double weighted, double samples) {
  /**
   * Averages at given thresholds.
   *
   * @param thresholdOf threshold of each label
   * @param zero what F1 without a positive in truth or prediction is worth; labels and images that
   *     have no value are left out of the means
   */
  static F1Averages of(
      List<LabelScores> labels, ToDoubleFunction<LabelScores> thresholdOf, ZeroDivision zero) {
    Mean macro = new Mean();
    Mean weighted = new Mean();
    Confusion all = new Confusion(0, 0, 0, 0);
    List<boolean[]> decisions = new ArrayList<>();
    for (LabelScores label : labels) {
      boolean[] predicted = label.atLeast(thresholdOf.applyAsDouble(label));
      Confusion confusion = Confusion.of(label.truth(), predicted);
      macro.add(confusion.f1(zero), 1);
      weighted.add(confusion.f1(zero), label.positives());
      all = all.plus(confusion);
      decisions.add(predicted);
    }
    return new F1Averages(
        macro.value(), all.f1(zero), weighted.value(), samples(labels, decisions, zero));
  }

  private static double samples(
      List<LabelScores> labels, List<boolean[]> decisions, ZeroDivision zero) {
    Map<String, Confusion> byImage = new LinkedHashMap<>();
    for (int label = 0; label < labels.size(); label++) {
      List<String> images = labels.get(label).images();
      for (int i = 0; i < images.size(); i++) {
        byImage.merge(
            images.get(i),
            Confusion.of(
                new boolean[] {labels.get(label).truth()[i]},
                new boolean[] {decisions.get(label)[i]}),
            Confusion::plus);
      }
    }
    Mean mean = new Mean();
    for (Confusion image : byImage.values()) {
      long known =
          image.truePositives()
              + image.falsePositives()
              + image.falseNegatives()
              + image.trueNegatives();
      if (known < labels.size()) {
        return Double.NaN;
      }
      mean.add(image.f1(zero), 1);
    }
    return mean.value();
  }

  /** A weighted mean that leaves NaN out; the plain mean where all weights are 0. */
  private static final class Mean {
    private double weighted;
    private double weights;
    private double plain;
    private int count;

    void add(double value, double weight) {
      if (!Double.isNaN(value)) {
        weighted += weight * value;
        weights += weight;
        plain += value;
        count++;
      }
    }

    double value() {
      return weights == 0 ? plain / count : weighted / weights;
    }
  }
}
