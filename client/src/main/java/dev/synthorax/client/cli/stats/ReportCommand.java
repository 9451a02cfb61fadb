package dev.synthorax.client.cli.stats;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.ClientRelease;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.evaluation.ImageSet;
import dev.synthorax.client.report.EvaluationReport;
import dev.synthorax.client.report.Example;
import dev.synthorax.client.report.RatioCurves;
import dev.synthorax.client.report.ReportProvenance;
import dev.synthorax.client.stats.ArmPredictions;
import dev.synthorax.client.stats.ArmSummary;
import dev.synthorax.client.stats.Comparisons;
import dev.synthorax.client.stats.ScoreFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
      "RUNS has the columns of 'stats compare'; --ratios has arm,ratio,seed,metric,value; "
          + "--scores has arm,patient,image,truth,score; each may have a column task.",
      ""
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  synthorax report runs.csv --baseline real_only --metric f1 --out evaluation",
      "  synthorax report runs.csv --baseline real_only --metric f1 \\",
      "      --examples job --real nih --out evaluation"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
public final class ReportCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

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
      description = "Images to show: what generate or augment made, a data set, or files; repeat.")
  private List<Path> examples = new ArrayList<>();

  @Option(
      names = "--real",
      paramLabel = "DIR",
      description = "Real images to show beside them: a data set, or files.")
  private @Nullable Path real;

  @Option(
      names = "--example-count",
      paramLabel = "N",
      defaultValue = "8",
      description = "Images of each --examples, findings in turn (default: ${DEFAULT-VALUE}).")
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
    if (real != null && examples.isEmpty()) {
      throw new UsageException("--real: needs --examples, what to show beside");
    }
    ScoreFile file = ScoreFile.read(runs);
    List<String> warnings = new ArrayList<>();
    Comparisons comparisons = options.compare(file);
    List<ArmSummary> arms =
        file.kind() == ScoreFile.Kind.PREDICTIONS
            ? List.of()
            : ArmSummary.of(file, options.metric, options.confidence);
    Map<String, String> facts = facts(file, arms);
    EvaluationReport report =
        new EvaluationReport(
            title,
            comparisons,
            arms,
            ratios == null
                ? RatioCurves.NONE
                : RatioCurves.read(ratios, options.metric, options.confidence),
            predictions(file),
            examples(facts, warnings),
            new ReportProvenance(facts));
    PrintWriter err = spec.commandLine().getErr();
    warnings.addAll(comparisons.warnings());
    warnings.forEach(warning -> err.println("warning: " + warning));
    Files.createDirectories(out);
    write("comparisons.csv", report.toCsv());
    write("report.md", report.toMarkdown());
    write("report.html", report.toHtml());
    tell();
    return ExitCode.OK;
  }

  private List<ArmPredictions> predictions(ScoreFile file) throws IOException {
    if (scores != null) {
      return ArmPredictions.of(ScoreFile.read(scores));
    }
    return file.kind() == ScoreFile.Kind.PREDICTIONS ? ArmPredictions.of(file) : List.of();
  }

  /** Returns what made the page: program, command, files and the seeds of runs. */
  private Map<String, String> facts(ScoreFile file, List<ArmSummary> arms) throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Made by", ClientRelease.software() + ", " + TIME.format(Instant.now()));
    facts.put(
        "Command",
        "synthorax "
            + String.join(
                " ",
                spec.root().commandLine().getParseResult().originalArgs().stream()
                    .map(word -> word.matches("[\\w./:,=+-]+") ? word : "'" + word + "'")
                    .toList()));
    for (Path input : Stream.of(runs, ratios, scores).filter(Objects::nonNull).toList()) {
      facts.put(
          input.toString(), "changed " + TIME.format(Files.getLastModifiedTime(input).toInstant()));
    }
    if (file.kind() == ScoreFile.Kind.RUNS) {
      facts.put(
          "Seeds of runs",
          String.join(
              ", ", arms.stream().flatMap(arm -> arm.units().stream()).distinct().toList()));
    }
    return facts;
  }

  private List<Example> examples(Map<String, String> facts, List<String> warnings)
      throws IOException {
    List<DatasetImage> reals = List.of();
    if (real != null) {
      ImageSet set = ImageSet.find(real, new ImageSet.Options(false, null, null));
      warnings.addAll(set.warnings());
      reals = set.images();
      facts.put("Real images", set.size() + " in " + real);
    }
    List<Example> chosen = new ArrayList<>();
    for (Path folder : examples) {
      ImageSet set = ImageSet.find(folder, new ImageSet.Options(true, null, null));
      warnings.addAll(set.warnings());
      List<Example> own = Example.choose(set.images(), reals, exampleCount);
      chosen.addAll(own);
      facts.put("Images shown of " + folder, own.size() + " of " + set.size());
      if (!set.models().isEmpty()) {
        facts.put("Model of " + folder, String.join(", ", set.models()));
      }
    }
    return chosen;
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(out.resolve(name), text);
  }

  private void tell() throws IOException {
    PrintWriter writer = spec.commandLine().getOut();
    if (output.json()) {
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
