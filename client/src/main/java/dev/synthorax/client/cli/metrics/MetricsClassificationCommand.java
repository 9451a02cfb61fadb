package dev.synthorax.client.cli.metrics;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.metrics.ClassificationScores;
import dev.synthorax.client.metrics.TestScores;
import dev.synthorax.client.metrics.Thresholds;
import dev.synthorax.client.metrics.ValidationScores;
import dev.synthorax.client.metrics.ZeroDivision;
import dev.synthorax.client.table.TableException;
import java.io.IOException;
import java.io.PrintWriter;
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

/** Measures the scores of a multi-label classifier. */
@Command(
    name = "classification",
    description = {
      "Measures classifier scores: AUROC, average precision, F1, MCC, Brier, ECE.",
      "",
      "CSV columns: image,patient,split,label,truth,score and any group columns; a row "
          + "for each image and label; split train, validation or test; truth 0 or 1. "
          + "Thresholds are chosen on validation (best F1) and applied to test; F1 at 0.5 "
          + "stands beside."
    },
    sortOptions = false,
    footer = {
      "",
      "A patient in two splits, a doubled image and a score that is no number stop the command.",
      "",
      "Examples:",
      "  synthorax metrics classification scores.csv",
      "  synthorax metrics classification scores.csv --group sex --group age --json",
      "  synthorax metrics classification scores.csv --scores-out all.csv --arm masks"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class MetricsClassificationCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "CSV", description = "The scores.")
  private Path csv;

  @Option(
      names = "--group",
      paramLabel = "COLUMN",
      description = "Table by this column too; repeat. Age is cut into bands.")
  private List<String> groupColumns = new ArrayList<>();

  @Option(
      names = "--zero-division",
      paramLabel = "VALUE",
      defaultValue = "zero",
      converter = MetricsOptionNames.OfZeroDivision.class,
      description =
          "What 0 / 0 is worth in F1 and its parts: zero, one, undefined (default: zero).")
  private ZeroDivision zeroDivision;

  @Mixin private MetricsScoresOut scoresOut;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    MetricsScoreFile file = MetricsScoreFile.read(csv, groupColumns);
    Thresholds thresholds = thresholds(file.validation(), file.test());
    Map<String, ClassificationScores> results = new LinkedHashMap<>();
    results.put("all", ClassificationScores.of(file.test(), thresholds, zeroDivision));
    for (String column : file.groups().columns()) {
      for (String group : file.groups().groups(column)) {
        TestScores subset = file.test().where(image -> file.groups().isIn(image, column, group));
        results.put(
            column + "=" + group, ClassificationScores.of(subset, thresholds, zeroDivision));
      }
    }
    List<String> warnings = new ArrayList<>(file.warnings());
    results.forEach((images, scores) -> warnOfOneClass(images, scores, warnings));
    if (scoresOut.wanted()) {
      scoresOut.appendPredictions(file);
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    warnings.forEach(warning -> err.println("warning: " + warning));
    if (output.json()) {
      out.println(
          new JsonMapper()
              .writeValueAsString(MetricsClassificationJson.of(results, zeroDivision, warnings)));
    } else {
      MetricsClassificationTable.lines(results).forEach(out::println);
    }
    return ExitCode.OK;
  }

  private void warnOfOneClass(String images, ClassificationScores scores, List<String> warnings) {
    for (ClassificationScores.LabelResult label : scores.labels()) {
      if (Double.isNaN(label.auroc())) {
        warnings.add(
            "%s: label '%s', %s: %d of %d test images are positive: one class, so no AUROC"
                .formatted(csv, label.label(), images, label.positives(), label.images()));
      }
    }
  }

  private @Nullable Thresholds thresholds(@Nullable ValidationScores validation, TestScores test)
      throws TableException {
    if (validation == null) {
      return null;
    }
    try {
      Thresholds thresholds = Thresholds.maximizingF1(validation);
      test.labels().forEach(label -> thresholds.of(label.label()));
      return thresholds;
    } catch (IllegalArgumentException e) {
      throw new TableException(csv + ": " + e.getMessage());
    }
  }
}
