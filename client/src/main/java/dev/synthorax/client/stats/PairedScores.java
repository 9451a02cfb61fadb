package dev.synthorax.client.stats;

import java.util.List;

/** The scores of one arm and the baseline on the same units, in the order of the units' names. */
final class PairedScores {
  private final String arm;
  private final String task;
  private final double[] armValues;
  private final double[] baselineValues;
  private final boolean[] truth;
  private final Clusters clusters;

  /** Both lists hold the same units in the same order. */
  PairedScores(
      String arm, String task, List<ScoreFile.Score> ofArm, List<ScoreFile.Score> ofBaseline) {
    this.arm = arm;
    this.task = task;
    armValues = ofArm.stream().mapToDouble(ScoreFile.Score::value).toArray();
    baselineValues = ofBaseline.stream().mapToDouble(ScoreFile.Score::value).toArray();
    truth = new boolean[ofArm.size()];
    for (int i = 0; i < truth.length; i++) {
      truth[i] = ofArm.get(i).truth();
    }
    clusters = Clusters.ofNames(ofArm.stream().map(ScoreFile.Score::cluster).toList());
  }

  String arm() {
    return arm;
  }

  String task() {
    return task;
  }

  int n() {
    return truth.length;
  }

  double[] armValues() {
    return armValues;
  }

  double[] baselineValues() {
    return baselineValues;
  }

  boolean[] truth() {
    return truth;
  }

  Clusters clusters() {
    return clusters;
  }

  Differences differences() {
    return Differences.ofPairs(armValues, baselineValues);
  }
}
