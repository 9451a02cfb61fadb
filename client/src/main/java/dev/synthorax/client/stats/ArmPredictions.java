package dev.synthorax.client.stats;

import dev.synthorax.client.metrics.LabelMetric;
import dev.synthorax.client.table.TableException;
import java.util.List;

/**
 * What one arm predicted in one task, image by image.
 *
 * <p>Arrays are copied in and out.
 */
public final class ArmPredictions {
  private final String arm;
  private final String task;
  private final List<String> images;
  private final boolean[] truth;
  private final double[] scores;

  private ArmPredictions(ScoreFile.Group group, List<ScoreFile.Score> rows) {
    arm = group.arm();
    task = group.task();
    images = rows.stream().map(ScoreFile.Score::unit).toList();
    truth = new boolean[rows.size()];
    scores = new double[rows.size()];
    for (int i = 0; i < truth.length; i++) {
      truth[i] = rows.get(i).truth();
      scores[i] = rows.get(i).value();
    }
  }

  /**
   * Returns every arm of a file of predictions, tasks in order of appearance, in each the arms in
   * theirs.
   *
   * @throws TableException if the file is of another kind, or a row is broken
   */
  public static List<ArmPredictions> of(ScoreFile file) throws TableException {
    if (file.kind() != ScoreFile.Kind.PREDICTIONS) {
      throw new TableException(
          file.file()
              + ": "
              + file.kind().words()
              + " (expected: predictions, with the columns arm,patient,image,truth,score)");
    }
    return ScoreFile.byTaskAndArm(file.scores(LabelMetric.AUROC, 0.5)).entrySet().stream()
        .map(group -> new ArmPredictions(group.getKey(), group.getValue()))
        .toList();
  }

  /** Returns the arm. */
  public String arm() {
    return arm;
  }

  /** Returns the task, "" where the file names none. */
  public String task() {
    return task;
  }

  /** Returns the names of the images. */
  public List<String> images() {
    return images;
  }

  /** Returns whether each image has the finding. */
  public boolean[] truth() {
    return truth.clone();
  }

  /** Returns the score of each image. */
  public double[] scores() {
    return scores.clone();
  }
}
