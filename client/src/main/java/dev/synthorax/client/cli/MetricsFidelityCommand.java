package dev.synthorax.client.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.metrics.FidelityScores;
import dev.synthorax.client.metrics.Memorisation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how near synthetic images are to real ones, and whether they copy training images. */
@Command(
    name = "fidelity",
    description = {
      "Compares synthetic with real images on named features: Fréchet and kernel distance,",
      "precision, recall, density, coverage, MS-SSIM; with --train also memorisation.",
      "",
      "Each set is a folder of PNG files, whose features are texture-v1 (59 handmade numbers: no",
      "FID of another tool compares with them), or a CSV image,f1,f2,... under --feature-set."
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  synthorax metrics fidelity --real test --synthetic synthetic",
      "  synthorax metrics fidelity --real test --synthetic synthetic --train train --json",
      "  synthorax metrics fidelity --real real.csv --synthetic syn.csv --feature-set rad-dino-v1"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class MetricsFidelityCommand implements Callable<Integer> {
  private static final int NEAREST_SHOWN = 10;

  @Spec private CommandSpec spec;

  @Option(
      names = "--real",
      paramLabel = "SET",
      required = true,
      description = "Real images that the generator was not trained on.")
  private Path real;

  @Option(
      names = "--synthetic",
      paramLabel = "SET",
      required = true,
      description = "Synthetic images.")
  private Path synthetic;

  @Option(
      names = "--train",
      paramLabel = "SET",
      description = "The generator's training images: looks for copies of them.")
  private @Nullable Path train;

  @Option(
      names = "--feature-set",
      paramLabel = "NAME",
      description = "Name and version of the features, where sets are CSVs.")
  private @Nullable String featureSet;

  @Option(
      names = "--k",
      paramLabel = "K",
      defaultValue = "5",
      description = "Neighbours of precision, recall, density, coverage (default: 5).")
  private int k;

  @Option(
      names = "--pairs",
      paramLabel = "N",
      defaultValue = "100",
      description = "Random pairs of MS-SSIM; 0 leaves it out (default: ${DEFAULT-VALUE}).")
  private int pairs;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Of subsets and pairs (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    if (pairs < 0) {
      throw new UsageException("--pairs: " + pairs + " (expected: >= 0)");
    }
    MetricsImageSet reals = MetricsImageSet.read(real, featureSet);
    MetricsImageSet synthetics = MetricsImageSet.read(synthetic, featureSet);
    MetricsImageSet training = train == null ? null : MetricsImageSet.read(train, featureSet);
    FidelityScores scores;
    Memorisation memorisation;
    try {
      scores = FidelityScores.of(reals.features(), synthetics.features(), k, seed);
      memorisation =
          training == null
              ? null
              : Memorisation.of(
                  training.features(), reals.features(), synthetics.features(), NEAREST_SHOWN);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    MetricsFidelityResult result =
        MetricsFidelityResult.of(scores, memorisation, reals, synthetics, pairs, seed);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    result.warnings().forEach(warning -> err.println("warning: " + warning));
    if (output.json) {
      out.println(new JsonMapper().writeValueAsString(result.json()));
    } else {
      result.lines().forEach(out::println);
    }
    return SynthoraxCommand.OK;
  }
}
