package dev.synthorax.client.stats;

import dev.synthorax.client.metrics.Metric;
import dev.synthorax.client.table.TableException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One arm by itself in one task: where its runs or images lie.
 *
 * @param arm the arm
 * @param task the task, "" where the file names none
 * @param units seeds or images, in the file's order
 * @param values the metric of each
 * @param mean of {@code values}
 * @param interval two-sided Student t interval of the mean; null for one value or no variance. It
 *     is not the interval of a difference: arms that share seeds are compared by {@link Comparison}
 */
public record ArmSummary(
    String arm,
    String task,
    List<String> units,
    List<Double> values,
    double mean,
    @Nullable Interval interval) {

  /** Copies the lists. */
  public ArmSummary {
    units = List.copyOf(units);
    values = List.copyOf(values);
  }

  /**
   * Returns every arm of a file, tasks in order of appearance, in each the arms in theirs.
   *
   * @param metric the metric
   * @param confidence of the intervals, within 0..1
   * @throws TableException if a row is broken, or the file has no such metric
   */
  public static List<ArmSummary> of(ScoreFile file, Metric metric, double confidence)
      throws TableException {
    List<ScoreFile.Score> scores = file.scores(metric, 0.5);
    if (scores.isEmpty()) {
      throw new TableException(
          file.file()
              + ": no rows of metric '"
              + metric
              + "' (expected: one of "
              + file.metrics().stream().map(Metric::wireName).collect(Collectors.joining(", "))
              + ")");
    }
    return ScoreFile.byTaskAndArm(scores).entrySet().stream()
        .map(group -> of(group.getKey(), group.getValue(), confidence))
        .toList();
  }

  private static ArmSummary of(
      ScoreFile.Group group, List<ScoreFile.Score> scores, double confidence) {
    double[] values = scores.stream().mapToDouble(ScoreFile.Score::value).toArray();
    return new ArmSummary(
        group.arm(),
        group.task(),
        scores.stream().map(ScoreFile.Score::unit).toList(),
        Arrays.stream(values).boxed().toList(),
        Differences.of(values).mean(),
        Interval.ofMean(values, confidence));
  }
}
