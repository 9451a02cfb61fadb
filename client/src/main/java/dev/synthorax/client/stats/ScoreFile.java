package dev.synthorax.client.stats;

import dev.synthorax.client.metrics.DecisionMetric;
import dev.synthorax.client.metrics.LabelMetric;
import dev.synthorax.client.metrics.Metric;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvRows;
import dev.synthorax.client.table.TableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A CSV of scores, in one of three forms told apart by their columns; each may have a column {@code
 * task}.
 *
 * <ul>
 *   <li>{@link Kind#RUNS}: {@code arm,seed,metric,value}, a row for each training run;
 *   <li>{@link Kind#IMAGES}: {@code arm,patient,image,metric,value}, a row for each test image;
 *   <li>{@link Kind#PREDICTIONS}: {@code arm,patient,image,truth,score}, a row for each test image,
 *       truth 0 or 1.
 * </ul>
 */
public final class ScoreFile {
  /** Metrics that are computed of predictions. */
  private static final List<Metric> OF_PREDICTIONS =
      List.of(LabelMetric.AUROC, DecisionMetric.ACCURACY);

  private final CsvRows table;
  private final Kind kind;

  private ScoreFile(CsvRows table, Kind kind) {
    this.table = table;
    this.kind = kind;
  }

  /** What a row is about, which is the unit of analysis. */
  public enum Kind {
    /** One training run: arm and seed. */
    RUNS("runs", "arm,seed,metric,value"),
    /** One metric of one test image. */
    IMAGES("per-image scores", "arm,patient,image,metric,value"),
    /** One prediction of one test image. */
    PREDICTIONS("predictions", "arm,patient,image,truth,score");

    private final String words;
    private final String columns;

    Kind(String words, String columns) {
      this.words = words;
      this.columns = columns;
    }

    /** Returns the kind in words. */
    public String words() {
      return words;
    }
  }

  /**
   * One score of the metric that was asked for.
   *
   * @param line 1-based line in the file
   * @param arm the arm
   * @param task the task, "" where the file has no such column
   * @param unit the seed or the image
   * @param cluster the seed or the patient
   * @param value the metric, or the score of a prediction
   * @param truth of a prediction, else false
   */
  record Score(
      long line,
      String arm,
      String task,
      String unit,
      String cluster,
      double value,
      boolean truth) {}

  /** An arm in a task. */
  record Group(String task, String arm) {}

  /** Returns the scores of each arm, tasks in order of appearance, in each the arms in theirs. */
  static Map<Group, List<Score>> byTaskAndArm(List<Score> scores) {
    Map<String, Map<Group, List<Score>>> tasks = new LinkedHashMap<>();
    for (Score score : scores) {
      tasks
          .computeIfAbsent(score.task(), _ -> new LinkedHashMap<>())
          .computeIfAbsent(new Group(score.task(), score.arm()), _ -> new ArrayList<>())
          .add(score);
    }
    Map<Group, List<Score>> groups = new LinkedHashMap<>();
    tasks.values().forEach(groups::putAll);
    return groups;
  }

  /**
   * Reads a file.
   *
   * @throws TableException if a column is missing or a row is broken
   * @throws IOException if it cannot be read
   */
  public static ScoreFile read(Path path) throws IOException {
    CsvRows table = CsvRows.read(path);
    Kind kind = kindOf(table);
    table.require(kind.words, List.of(kind.columns.split(",", -1)));
    return new ScoreFile(table, kind);
  }

  private static Kind kindOf(CsvRows table) throws TableException {
    boolean images = table.has("image") || table.has("patient");
    if (images && table.has("seed")) {
      throw new TableException(
          table.file()
              + ": line 1: both 'seed' and 'image' or 'patient' in '"
              + String.join(",", table.columns())
              + "' (expected: one unit a file; average each image over the seeds, or each seed over"
              + " the images)");
    }
    if (images) {
      return table.has("truth") || table.has("score") ? Kind.PREDICTIONS : Kind.IMAGES;
    }
    if (table.has("seed")) {
      return Kind.RUNS;
    }
    StringBuilder forms = new StringBuilder();
    for (Kind each : Kind.values()) {
      forms.append(forms.isEmpty() ? "" : "; ").append(each.columns);
      forms.append(" for ").append(each.words);
    }
    throw new TableException(
        table.file()
            + ": line 1: no column 'seed' or 'image' in '"
            + String.join(",", table.columns())
            + "' (expected: "
            + forms
            + ")");
  }

  /** Returns the file's name. */
  public String file() {
    return table.file();
  }

  /** Returns what a row is about. */
  public Kind kind() {
    return kind;
  }

  /** Returns whether rows name a task. */
  public boolean hasTasks() {
    return table.has("task");
  }

  /** Returns the arms in order of appearance. */
  public List<String> arms() throws TableException {
    return distinct("arm");
  }

  /** Returns the metrics in order of appearance; those of predictions are computed. */
  public List<Metric> metrics() throws TableException {
    return kind == Kind.PREDICTIONS
        ? OF_PREDICTIONS
        : distinct("metric").stream().map(Metric::of).toList();
  }

  private List<String> distinct(String column) throws TableException {
    Set<String> values = new LinkedHashSet<>();
    for (CsvRow row : table.rows()) {
      values.add(row.required(column));
    }
    return List.copyOf(values);
  }

  /**
   * Returns the scores of one metric.
   *
   * @param threshold of {@link DecisionMetric#ACCURACY}: a score at or above it predicts a positive
   * @throws TableException if a value is no finite number, or a truth neither 0 nor 1
   */
  List<Score> scores(Metric metric, double threshold) throws TableException {
    List<Score> scores = new ArrayList<>();
    for (CsvRow row : table.rows()) {
      if (kind != Kind.PREDICTIONS && !row.required("metric").equals(metric.wireName())) {
        continue;
      }
      boolean truth = kind == Kind.PREDICTIONS && row.flag("truth");
      double value = row.requiredNumber(kind == Kind.PREDICTIONS ? "score" : "value");
      if (kind == Kind.PREDICTIONS && metric.equals(DecisionMetric.ACCURACY)) {
        value = value >= threshold == truth ? 1 : 0;
      }
      scores.add(
          new Score(
              row.line(),
              row.required("arm"),
              hasTasks() ? row.required("task") : "",
              row.required(kind == Kind.RUNS ? "seed" : "image"),
              row.required(kind == Kind.RUNS ? "seed" : "patient"),
              value,
              truth));
    }
    return scores;
  }
}
