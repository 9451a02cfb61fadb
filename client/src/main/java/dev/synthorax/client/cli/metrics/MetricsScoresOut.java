package dev.synthorax.client.cli.metrics;

import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.evaluation.ArmScores;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that add an arm's scores to a CSV, image by image, for {@code stats compare}. */
final class MetricsScoresOut {
  @Option(
      names = "--scores-out",
      paramLabel = "CSV",
      description = "Add the scores of each image to this file, for 'stats compare'.")
  private @Nullable Path file;

  @Option(names = "--arm", paramLabel = "NAME", description = "Name of this arm in --scores-out.")
  private @Nullable String arm;

  /** Returns where scores are added; null: nowhere. */
  @Nullable ArmScores scores() {
    if ((file == null) != (arm == null)) {
      throw new UsageException("--scores-out and --arm: one without the other (expected: both)");
    }
    return file == null || arm == null ? null : new ArmScores(file, arm);
  }
}
