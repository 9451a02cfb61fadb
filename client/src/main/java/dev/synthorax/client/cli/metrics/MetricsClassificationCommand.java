package dev.synthorax.client.cli.metrics;

import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.evaluation.ArmScores;
import dev.synthorax.client.evaluation.ClassificationTable;
import dev.synthorax.client.evaluation.LabelScoreFile;
import dev.synthorax.client.metrics.ZeroDivision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
  @Mixin private EvaluationOutput output;

  @Override
  public Integer call() throws IOException {
    LabelScoreFile file = LabelScoreFile.read(csv, groupColumns);
    ClassificationTable table = ClassificationTable.of(file, zeroDivision);
    ArmScores scores = scoresOut.scores();
    if (scores != null) {
      scores.appendPredictions(file);
    }
    output.tell(table);
    return ExitCode.OK;
  }
}
