package dev.synthorax.client.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.report.EvaluationReport;
import dev.synthorax.client.report.RatioCurves;
import dev.synthorax.client.stats.ArmPredictions;
import dev.synthorax.client.stats.ArmSummary;
import dev.synthorax.client.stats.Comparisons;
import dev.synthorax.client.stats.ScoreFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code synthorax report}: runs, curves, predictions and examples on one page. */
@Command(
    name = "report",
    description = {
      "Puts an evaluation on one self-contained page, with Markdown and CSV beside it.",
      "",
      "RUNS has the columns of 'stats compare'; --ratios has arm,ratio,seed,metric,value;",
      "--scores has arm,patient,image,truth,score; each may have a column task.",
      ""
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  synthorax report runs.csv --baseline real_only --metric f1 --out evaluation",
      "  synthorax report runs.csv --baseline real_only --metric dice \\",
      "      --examples phantoms --out evaluation"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUNS", description = "CSV of runs or of per-image scores.")
  private Path runs;

  @Mixin private ComparisonOptions options;

  @Option(
      names = "--ratios",
      paramLabel = "CSV",
      description = "Runs at several numbers of synthetic images for each real one.")
  private @Nullable Path ratios;

  @Option(
      names = "--scores",
      paramLabel = "CSV",
      description = "Predictions of single test images, for ROC and calibration.")
  private @Nullable Path scores;

  @Option(
      names = "--examples",
      paramLabel = "DIR",
      description = "A dataset whose first images are shown; any format; repeat for several.")
  private List<Path> examples = new ArrayList<>();

  @Option(
      names = "--example-count",
      paramLabel = "N",
      defaultValue = "8",
      description = "Images of each dataset (default: ${DEFAULT-VALUE}).")
  private int exampleCount;

  @Option(
      names = "--title",
      paramLabel = "TEXT",
      defaultValue = "Evaluation",
      description = "Heading (default: ${DEFAULT-VALUE}).")
  private String title;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder for report.html, report.md and comparisons.csv.")
  private Path out;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    if (exampleCount < 1) {
      throw new UsageException("--example-count: " + exampleCount + " (expected: >= 1)");
    }
    ScoreFile file = ScoreFile.read(runs);
    Comparisons comparisons = options.compare(file);
    EvaluationReport report =
        new EvaluationReport(
            title,
            comparisons,
            file.kind() == ScoreFile.Kind.PREDICTIONS
                ? List.of()
                : ArmSummary.of(file, options.metric, options.confidence),
            ratios == null
                ? RatioCurves.NONE
                : RatioCurves.read(ratios, options.metric, options.confidence),
            predictions(file),
            samples());
    PrintWriter err = spec.commandLine().getErr();
    comparisons.warnings().forEach(warning -> err.println("warning: " + warning));
    Files.createDirectories(out);
    write("comparisons.csv", report.toCsv());
    write("report.md", report.toMarkdown());
    write("report.html", report.toHtml());
    tell();
    return SynthoraxCommand.OK;
  }

  private List<ArmPredictions> predictions(ScoreFile file) throws IOException {
    if (scores != null) {
      return ArmPredictions.of(ScoreFile.read(scores));
    }
    return file.kind() == ScoreFile.Kind.PREDICTIONS ? ArmPredictions.of(file) : List.of();
  }

  private List<Sample> samples() throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (Path folder : examples) {
      Dataset dataset = DatasetFormat.detect(folder).open(folder, ReadOptions.DEFAULT);
      List<DatasetImage> images = dataset.images();
      for (DatasetImage image : images.subList(0, Math.min(exampleCount, images.size()))) {
        samples.add(image.load());
      }
    }
    return samples;
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(out.resolve(name), text);
  }

  private void tell() throws IOException {
    PrintWriter writer = spec.commandLine().getOut();
    if (output.json) {
      Map<String, String> files = new LinkedHashMap<>();
      for (String name : List.of("report.html", "report.md", "comparisons.csv")) {
        files.put(name, out.resolve(name).toAbsolutePath().normalize().toString());
      }
      writer.println(new JsonMapper().writeValueAsString(files));
    } else {
      writer.println("Open " + out.resolve("report.html").toAbsolutePath().normalize().toUri());
    }
  }
}
