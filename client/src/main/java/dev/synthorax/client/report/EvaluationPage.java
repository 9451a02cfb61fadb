package dev.synthorax.client.report;

import dev.synthorax.client.metrics.Calibration;
import dev.synthorax.client.metrics.Calibration.Binning;
import dev.synthorax.client.metrics.RocCurve;
import dev.synthorax.client.report.PredictionRows.Scores;
import dev.synthorax.client.report.RatioCurves.Curve;
import dev.synthorax.client.report.RatioCurves.Point;
import dev.synthorax.client.stats.ArmSummary;
import dev.synthorax.client.stats.Comparison;
import dev.synthorax.client.stats.Comparisons;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The page of an evaluation: arms, ratio curves, discrimination, calibration, examples. */
final class EvaluationPage {
  private final EvaluationReport report;
  private final StringBuilder out = new StringBuilder(1 << 16);

  EvaluationPage(EvaluationReport report) {
    this.report = report;
  }

  String html() {
    out.append(PageShell.start(report.title()));
    out.append("<header>\n<p class=\"brand\">Synthorax</p>\n<h1>")
        .append(Html.escape(report.title()))
        .append("</h1>\n");
    Comparisons comparisons = report.comparisons();
    if (comparisons != null) {
      out.append("<p class=\"headline\">")
          .append(Html.escape(Headline.of(comparisons)))
          .append("</p>\n");
    }
    out.append("<p class=\"notice\">For research; not for diagnosis.</p>\n</header>\n");
    if (comparisons != null) {
      comparisons(comparisons);
    }
    ratios();
    predictions();
    examples();
    provenance();
    out.append(PageShell.end("The same figures stand in <code>comparisons.csv</code>."));
    return out.toString();
  }

  private void comparisons(Comparisons comparisons) {
    String metric = comparisons.plan().metric().wireName();
    String baseline = comparisons.plan().baseline();
    heading(
        metric + ": every arm against " + baseline,
        "Points are the means of each arm with their own intervals; the tests below compare"
            + " pairs.");
    out.append("<div class=\"plots\">\n");
    for (String task : report.arms().stream().map(ArmSummary::task).distinct().toList()) {
      List<ArmSummary> arms =
          report.arms().stream().filter(arm -> arm.task().equals(task)).toList();
      plot(
          task.isEmpty() ? metric : task,
          armsPlot(metric, arms, ComparisonRows.interval(comparisons)),
          metric + " of each arm: " + describe(arms));
    }
    out.append("</div>\n");
    table(
        ComparisonRows.header(comparisons),
        comparisons.all().stream().map(ComparisonRows::row).toList());
    for (String warning : comparisons.warnings()) {
      out.append("<p class=\"warning\">").append(Html.escape(warning)).append("</p>\n");
    }
    out.append("<div class=\"limits\">\n<h3>What these tests do not show</h3>\n<ul>\n");
    for (String caveat : comparisons.caveats()) {
      out.append("<li>").append(Html.escape(caveat)).append("</li>\n");
    }
    out.append("</ul>\n</div>\n<details>\n<summary>Each test in words</summary>\n");
    for (Comparison comparison : comparisons.all()) {
      out.append("<p class=\"sentence\">")
          .append(Html.escape(comparisons.sentence(comparison)))
          .append("</p>\n");
    }
    out.append("</details>\n</section>\n");
  }

  private static Plot armsPlot(String metric, List<ArmSummary> arms, String interval) {
    double[] places = IntStream.rangeClosed(1, arms.size()).asDoubleStream().toArray();
    double[] means = arms.stream().mapToDouble(ArmSummary::mean).toArray();
    double[] reach =
        arms.stream()
            .mapToDouble(
                arm ->
                    arm.interval() == null ? 0 : (arm.interval().high() - arm.interval().low()) / 2)
            .toArray();
    Plot plot =
        new Plot("", metric)
            .categories(arms.stream().map(ArmSummary::arm).toList())
            .intervals("mean and " + interval, places, means, reach);
    int values = arms.stream().mapToInt(arm -> arm.values().size()).sum();
    if (values <= 20 * arms.size()) {
      List<double[]> dots = new ArrayList<>();
      for (int i = 0; i < arms.size(); i++) {
        for (double value : arms.get(i).values()) {
          dots.add(new double[] {i + 1.12, value});
        }
      }
      plot.dots(
          "single runs",
          dots.stream().mapToDouble(dot -> dot[0]).toArray(),
          dots.stream().mapToDouble(dot -> dot[1]).toArray());
    }
    return plot;
  }

  private static String describe(List<ArmSummary> arms) {
    return String.join(
        "; ",
        arms.stream().map(arm -> arm.arm() + " " + ComparisonRows.three(arm.mean())).toList());
  }

  private void ratios() {
    List<Curve> curves = report.ratios().curves();
    if (curves.isEmpty()) {
      return;
    }
    heading(
        "How many synthetic images",
        "Mean and interval of "
            + report.ratios().metricName()
            + " over runs; 0 is real images alone.");
    out.append("<div class=\"plots\">\n");
    for (String task : curves.stream().map(Curve::task).distinct().toList()) {
      Plot plot = new Plot("synthetic images for each real one", report.ratios().metricName());
      for (Curve curve : curves) {
        if (curve.task().equals(task)) {
          plot.curve(
              curve.arm(),
              curve.points().stream().mapToDouble(Point::ratio).toArray(),
              curve.points().stream().mapToDouble(Point::mean).toArray(),
              curve.points().stream()
                  .mapToDouble(
                      point ->
                          point.interval() == null
                              ? 0
                              : (point.interval().high() - point.interval().low()) / 2)
                  .toArray());
        }
      }
      plot(
          task.isEmpty() ? report.ratios().metricName() : task,
          plot,
          report.ratios().metricName() + " against the ratio of synthetic to real images");
    }
    out.append("</div>\n</section>\n");
  }

  private void predictions() {
    if (report.predictions().isEmpty()) {
      return;
    }
    List<Scores> scores = report.predictions().stream().map(PredictionRows::of).toList();
    heading(
        "Discrimination and calibration",
        "The receiver operating characteristic, and how often a score is right.");
    out.append("<div class=\"plots\">\n");
    for (String task : scores.stream().map(Scores::task).distinct().toList()) {
      List<Scores> arms = scores.stream().filter(arm -> arm.task().equals(task)).toList();
      Plot roc =
          new Plot("false positive rate", "true positive rate")
              .unitSquare()
              .guide("chance", new double[] {0, 1}, new double[] {0, 1});
      Plot calibration =
          new Plot("mean score of the bin", "share that is positive")
              .unitSquare()
              .guide("perfect", new double[] {0, 1}, new double[] {0, 1});
      boolean calibrated = false;
      for (Scores arm : arms) {
        List<RocCurve.Point> points = RocCurve.of(arm.label());
        if (!points.isEmpty()) {
          roc.line(
              arm.arm() + " (" + ComparisonRows.three(arm.label().auroc()) + ")",
              points.stream().mapToDouble(RocCurve.Point::falsePositiveRate).toArray(),
              points.stream().mapToDouble(RocCurve.Point::truePositiveRate).toArray());
        }
        if (arm.label().areProbabilities()) {
          List<Calibration.Bin> bins = Calibration.reliability(arm.label(), Binning.EQUAL_MASS, 10);
          calibration.line(
              arm.arm(),
              bins.stream().mapToDouble(Calibration.Bin::meanScore).toArray(),
              bins.stream().mapToDouble(Calibration.Bin::positiveRate).toArray());
          calibrated = true;
        }
      }
      plot(task + ": ROC (AUROC)", roc, "ROC of " + task + ": " + aurocs(arms));
      if (calibrated) {
        plot(
            task + ": calibration (bins of equal mass)",
            calibration,
            "Reliability curve of " + task);
      }
    }
    out.append("</div>\n");
    table(PredictionRows.HEADER, scores.stream().map(PredictionRows::row).toList());
    out.append("</section>\n");
  }

  private static String aurocs(List<Scores> arms) {
    return String.join(
        "; ",
        arms.stream()
            .map(arm -> arm.arm() + " " + ComparisonRows.three(arm.label().auroc()))
            .toList());
  }

  private void examples() {
    if (report.examples().isEmpty()) {
      return;
    }
    boolean beside = report.examples().stream().anyMatch(example -> example.real() != null);
    heading(
        beside ? "Generated beside real" : "Examples",
        beside
            ? "On the left of each pair a real image, on the right a generated one; lines are the"
                + " outlines of masks."
            : "Images with the outlines of their masks.");
    out.append(beside ? "<div class=\"pairs\">\n" : "<div class=\"grid\">\n");
    report
        .examples()
        .forEach(
            example ->
                out.append(
                    beside ? SampleFigure.pair(example) : SampleFigure.card(example.image())));
    out.append("</div>\n</section>\n");
  }

  private void provenance() {
    if (report.provenance().facts().isEmpty()) {
      return;
    }
    heading("Where this comes from", "What is needed to make this page again.");
    out.append("<dl class=\"provenance\">\n");
    report
        .provenance()
        .facts()
        .forEach(
            (name, value) ->
                out.append("<dt>")
                    .append(Html.escape(name))
                    .append("</dt><dd>")
                    .append(Html.escape(value))
                    .append("</dd>\n"));
    out.append("</dl>\n</section>\n");
  }

  private void heading(String heading, String lead) {
    out.append("<section>\n<div class=\"heading\"><h2>")
        .append(Html.escape(heading))
        .append("</h2><p>")
        .append(Html.escape(lead))
        .append("</p></div>\n");
  }

  private void plot(String caption, Plot plot, String label) {
    out.append("<figure class=\"plot\"><figcaption>")
        .append(Html.escape(caption))
        .append("</figcaption>")
        .append(plot.svg(label))
        .append(plot.key())
        .append("</figure>\n");
  }

  private void table(List<String> header, List<List<String>> rows) {
    out.append("<div class=\"scroll\">\n<table>\n<thead><tr>");
    header.forEach(
        name -> out.append("<th scope=\"col\">").append(Html.escape(name)).append("</th>"));
    out.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : rows) {
      out.append("<tr><th scope=\"row\">").append(Html.escape(row.getFirst())).append("</th>");
      row.subList(1, row.size())
          .forEach(cell -> out.append("<td>").append(Html.escape(cell)).append("</td>"));
      out.append("</tr>\n");
    }
    out.append("</tbody>\n</table>\n</div>\n");
  }
}
