package dev.synthorax.client.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** One label's truth and scores over images. */
public final class LabelScores {
  private final String label;
  private final List<String> images;
  private final boolean[] truth;
  private final double[] scores;

  private LabelScores(String label, List<String> images, boolean[] truth, double[] scores) {
    this.label = label;
    this.images = images;
    this.truth = truth;
    this.scores = scores;
  }

  /**
   * Copies scores.
   *
   * @param images names, each once
   * @param truth whether each image has the label
   * @param scores higher means more likely; no NaN
   * @throws IllegalArgumentException if lengths differ, a name is doubled or a score is NaN
   */
  public static LabelScores of(
      String label, List<String> images, boolean[] truth, double[] scores) {
    if (images.size() != truth.length || images.size() != scores.length) {
      throw new IllegalArgumentException(
          "%s: %d images, %d truths, %d scores (expected: as many of each)"
              .formatted(label, images.size(), truth.length, scores.length));
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < scores.length; i++) {
      if (Double.isNaN(scores[i])) {
        throw new IllegalArgumentException(
            label + ": score of " + images.get(i) + ": NaN (expected: a number)");
      }
      if (!seen.add(images.get(i))) {
        throw new IllegalArgumentException(
            label + ": image " + images.get(i) + " twice (expected: once)");
      }
    }
    return new LabelScores(label, List.copyOf(images), truth.clone(), scores.clone());
  }

  /** Returns the label. */
  public String label() {
    return label;
  }

  /** Returns the names of the images. */
  public List<String> images() {
    return images;
  }

  /** Returns the number of images. */
  public int size() {
    return truth.length;
  }

  /** Returns the number of images that have the label. */
  public int positives() {
    int positives = 0;
    for (boolean positive : truth) {
      positives += positive ? 1 : 0;
    }
    return positives;
  }

  /** Returns whether some images have the label and some do not. */
  public boolean hasBothClasses() {
    return positives() > 0 && positives() < truth.length;
  }

  /** Returns whether all scores can be probabilities. */
  public boolean areProbabilities() {
    return Arrays.stream(scores).allMatch(score -> score >= 0 && score <= 1);
  }

  /** Returns whether image {@code index} has the label. */
  public boolean isPositive(int index) {
    return truth[index];
  }

  /** Returns the score of image {@code index}. */
  public double score(int index) {
    return scores[index];
  }

  /** Returns the images that {@code wanted} accepts. */
  public LabelScores where(Predicate<String> wanted) {
    List<String> kept = new ArrayList<>();
    boolean[] keptTruth = new boolean[truth.length];
    double[] keptScores = new double[truth.length];
    for (int i = 0; i < truth.length; i++) {
      if (wanted.test(images.get(i))) {
        keptTruth[kept.size()] = truth[i];
        keptScores[kept.size()] = scores[i];
        kept.add(images.get(i));
      }
    }
    return new LabelScores(
        label,
        List.copyOf(kept),
        Arrays.copyOf(keptTruth, kept.size()),
        Arrays.copyOf(keptScores, kept.size()));
  }

  /** Returns which scores reach the threshold. */
  boolean[] atLeast(double threshold) {
    boolean[] reached = new boolean[scores.length];
    for (int i = 0; i < reached.length; i++) {
      reached[i] = scores[i] >= threshold;
    }
    return reached;
  }

  boolean[] truth() {
    return truth;
  }

  double[] scores() {
    return scores;
  }

  /** Returns the area under the ROC, NaN of one class. */
  public double auroc() {
    return hasBothClasses() ? Auroc.of(scoresOf(true), scoresOf(false)) : Double.NaN;
  }

  private double[] scoresOf(boolean wanted) {
    double[] selected = new double[scores.length];
    int size = 0;
    for (int i = 0; i < scores.length; i++) {
      if (truth[i] == wanted) {
        selected[size++] = scores[i];
      }
    }
    return Arrays.copyOf(selected, size);
  }
}
