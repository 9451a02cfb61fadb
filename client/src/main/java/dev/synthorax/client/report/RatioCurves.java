package dev.synthorax.client.report;

import dev.synthorax.client.metrics.Metric;
import dev.synthorax.client.stats.Interval;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvRows;
import dev.synthorax.client.table.TableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A metric against the number of synthetic images for each real one.
 *
 * @param metric what; null where there are no curves
 * @param curves one for each task and arm
 */
public record RatioCurves(@Nullable Metric metric, List<Curve> curves) {
  /** No curves. */
  public static final RatioCurves NONE = new RatioCurves(null, List.of());

  /** Copies the list. */
  public RatioCurves {
    curves = List.copyOf(curves);
  }

  /** Returns the name of the metric; empty where there are no curves. */
  public String metricName() {
    return metric == null ? "" : metric.wireName();
  }

  /**
   * One arm in one task.
   *
   * @param arm the arm
   * @param task the task, "" where the file names none
   * @param points by rising ratio
   */
  public record Curve(String arm, String task, List<Point> points) {
    /** Copies the list. */
    public Curve {
      points = List.copyOf(points);
    }
  }

  /**
   * The runs of one ratio.
   *
   * @param ratio synthetic images for each real one, >= 0
   * @param n runs
   * @param mean of the metric
   * @param interval two-sided Student t interval; null for one run or no variance
   */
  public record Point(double ratio, int n, double mean, @Nullable Interval interval) {}

  /**
   * Reads {@code arm,ratio,seed,metric,value} with an optional {@code task}.
   *
   * @param confidence of the intervals, within 0..1
   * @throws TableException if a column is missing, a row is broken or comes twice, or the metric is
   *     not there
   * @throws IOException if the file cannot be read
   */
  public static RatioCurves read(Path path, Metric metric, double confidence) throws IOException {
    CsvRows table = CsvRows.read(path);
    table.require("ratio curves", List.of("arm", "ratio", "seed", "metric", "value"));
    Map<List<String>, Map<Double, List<Double>>> groups = new LinkedHashMap<>();
    Set<List<String>> seen = new HashSet<>();
    for (CsvRow row : table.rows()) {
      if (!row.required("metric").equals(metric.wireName())) {
        continue;
      }
      String task = table.has("task") ? row.required("task") : "";
      double ratio = row.requiredNumber("ratio");
      if (ratio < 0) {
        throw row.wrong("ratio", "synthetic images for each real one, >= 0");
      }
      if (!seen.add(
          List.of(task, row.required("arm"), String.valueOf(ratio), row.required("seed")))) {
        throw row.wrong("seed", "one row for each arm, ratio, seed and task; this one came before");
      }
      groups
          .computeIfAbsent(List.of(task, row.required("arm")), _ -> new TreeMap<>())
          .computeIfAbsent(ratio, _ -> new ArrayList<>())
          .add(row.requiredNumber("value"));
    }
    if (groups.isEmpty()) {
      throw new TableException(
          table.file() + ": no rows of metric '" + metric + "' (expected: at least one)");
    }
    List<Curve> curves = new ArrayList<>();
    groups.forEach(
        (key, ratios) -> {
          List<Point> points = new ArrayList<>();
          ratios.forEach((ratio, values) -> points.add(point(ratio, values, confidence)));
          curves.add(new Curve(key.getLast(), key.getFirst(), points));
        });
    return new RatioCurves(metric, curves);
  }

  private static Point point(double ratio, List<Double> runs, double confidence) {
    double[] values = runs.stream().mapToDouble(Double::doubleValue).toArray();
    return new Point(
        ratio,
        values.length,
        Arrays.stream(values).average().orElseThrow(),
        Interval.ofMean(values, confidence));
  }
}
