package dev.synthorax.client.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.metrics.DecisionMetric;
import dev.synthorax.client.metrics.MaskMetric;
import dev.synthorax.client.phantom.PhantomSpec;
import dev.synthorax.client.phantom.Phantoms;
import dev.synthorax.client.stats.Adjustment;
import dev.synthorax.client.stats.Alternative;
import dev.synthorax.client.stats.ArmPredictions;
import dev.synthorax.client.stats.ArmSummary;
import dev.synthorax.client.stats.ComparisonPlan;
import dev.synthorax.client.stats.Comparisons;
import dev.synthorax.client.stats.PairedTest;
import dev.synthorax.client.stats.ScoreFile;
import dev.synthorax.client.table.TableException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class EvaluationReportTest {
  private static final String RUNS =
      """
      arm,seed,metric,value,task
      real,1,f1,0.61,a|b
      real,2,f1,0.60,a|b
      real,3,f1,0.63,a|b
      <b>text,1,f1,0.75,a|b
      <b>text,2,f1,0.77,a|b
      <b>text,3,f1,0.76,a|b
      mask,1,f1,0.66,a|b
      mask,2,f1,0.69,a|b
      mask,3,f1,0.65,a|b
      """;

  private static final String RATIOS =
      """
      arm,ratio,seed,metric,value
      text,0,1,f1,0.60
      text,0,2,f1,0.61
      text,2,1,f1,0.70
      text,2,2,f1,0.72
      text,1,1,f1,0.66
      """;

  private static final String PREDICTIONS =
      """
      arm,patient,image,truth,score
      real,p1,i1,1,0.9
      real,p1,i2,0,0.4
      real,p2,i3,1,0.35
      real,p3,i4,0,0.1
      """;

  @TempDir private Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private EvaluationReport report() throws IOException {
    return report(0.95);
  }

  private EvaluationReport report(double confidence) throws IOException {
    ScoreFile runs = ScoreFile.read(file("runs.csv", RUNS));
    ComparisonPlan plan =
        new ComparisonPlan(
            "real",
            DecisionMetric.F1,
            0.5,
            new PairedTest.PairedT(),
            Alternative.GREATER,
            Adjustment.BONFERRONI,
            confidence);
    return new EvaluationReport(
        "Synthetic & real",
        Comparisons.of(runs, plan),
        ArmSummary.of(runs, DecisionMetric.F1, confidence),
        RatioCurves.read(file("ratios.csv", RATIOS), DecisionMetric.F1, 0.95),
        ArmPredictions.of(ScoreFile.read(file("scores.csv", PREDICTIONS))),
        List.of(
            new Example(
                Phantoms.sample(PhantomSpec.of(2_000_003, 96)),
                Phantoms.sample(PhantomSpec.of(2_000_004, 96)),
                "another patient")),
        new ReportProvenance(Map.of("Command", "synthorax report <b>")));
  }

  @Test
  void toHtml_everyPart_isOnOnePageThatNeedsNoOther() throws Exception {
    String html = report().toHtml();

    assertThat(html)
        .contains("Synthetic &amp; real", "f1: every arm against real", "How many synthetic images")
        .contains("Discrimination and calibration", "Generated beside real", "phantom-0002000003")
        .contains("phantom-0002000004", "Real: another patient", "synthorax report &lt;b&gt;")
        .contains(
            "The largest difference that holds: &lt;b&gt;text raises f1 of a|b by 0.147 over real")
        .doesNotContain("<b>text", "<script", "http-equiv=\"refresh\"");
    assertThat(html.replace("http://www.w3.org", "").replace("data:image/png", ""))
        .doesNotContain("http://", "https://", "src=\"/");
  }

  @Test
  void toHtml_plots_areWellFormedSvgWithAName() throws Exception {
    Matcher plots =
        Pattern.compile("<svg role=\"img\" aria-label=\"[^\"]+\".*?</svg>", Pattern.DOTALL)
            .matcher(report().toHtml());

    int count = 0;
    while (plots.find()) {
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new InputSource(new StringReader(plots.group())));
      count++;
    }
    assertThat(count).isEqualTo(4); // arms, ratio, ROC, calibration
  }

  @Test
  void toHtml_otherConfidence_isNamedInTheTable() throws Exception {
    assertThat(report(0.9).toHtml()).contains("<th scope=\"col\">90 % CI</th>");
  }

  @Test
  void toMarkdown_tables_keepTheirColumns() throws Exception {
    List<String> lines = report().toMarkdown().lines().toList();

    String header = lines.stream().filter(line -> line.startsWith("| Task")).findFirst().get();
    String row = lines.stream().filter(line -> line.startsWith("| a\\|b | mask")).findFirst().get();
    assertThat(columns(row)).isEqualTo(columns(header)).isEqualTo(10);
    assertThat(row)
        .contains("| 3 | 0.613 | 0.667 | +0.053 | \u22120.034 to +0.141 | 0.060 | 0.119 |");
  }

  private static long columns(String row) {
    return row.replace("\\|", "").chars().filter(c -> c == '|').count();
  }

  @Test
  void toCsv_comparisons_haveFullPrecision() throws Exception {
    List<String> lines = report().toCsv().lines().toList();

    assertThat(lines).hasSize(3);
    assertThat(lines.get(0).split(",", -1)).hasSize(17);
    assertThat(Double.parseDouble(lines.get(1).split(",", -1)[7]))
        .isEqualTo(0.44 / 3, within(1e-12));
  }

  private static org.assertj.core.data.Offset<Double> within(double value) {
    return org.assertj.core.data.Offset.offset(value);
  }

  @Test
  void readRatios_pointsOutOfOrder_areSortedAndSummarised() throws Exception {
    RatioCurves curves = RatioCurves.read(file("ratios.csv", RATIOS), DecisionMetric.F1, 0.95);

    List<RatioCurves.Point> points = curves.curves().getFirst().points();
    assertThat(points).extracting(RatioCurves.Point::ratio).containsExactly(0.0, 1.0, 2.0);
    assertThat(points.get(1).interval()).isNull();
    assertThat(points.get(2).mean()).isEqualTo(0.71, within(1e-12));
  }

  @Test
  void readRatios_doubledRowOrNegativeRatio_isNamed() throws Exception {
    Path doubled = file("doubled.csv", RATIOS + "text,2,1,f1,0.7\n");
    Path negative = file("negative.csv", RATIOS + "text,-1,1,f1,0.7\n");

    assertThatThrownBy(() -> RatioCurves.read(doubled, DecisionMetric.F1, 0.95))
        .isInstanceOf(TableException.class)
        .hasMessageContaining("line 7")
        .hasMessageContaining("came before");
    assertThatThrownBy(() -> RatioCurves.read(negative, DecisionMetric.F1, 0.95))
        .hasMessageContaining("line 7: ratio '-1'");
    assertThatThrownBy(() -> RatioCurves.read(negative, MaskMetric.DICE, 0.95))
        .hasMessageContaining("no rows of metric 'dice'");
  }

  @Test
  void report_nothingInIt_isRefused() {
    assertThatThrownBy(
            () ->
                new EvaluationReport(
                    "t",
                    null,
                    List.of(),
                    RatioCurves.NONE,
                    List.of(),
                    List.of(),
                    ReportProvenance.NONE))
        .hasMessageContaining("report: empty");
  }
}
