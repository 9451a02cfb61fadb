package dev.synthorax.client.cli.metrics;

import dev.synthorax.client.cli.option.DatasetOptionNames;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.cli.terminal.CountProgress;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.evaluation.FidelityResult;
import dev.synthorax.client.evaluation.ImageSet;
import dev.synthorax.client.evaluation.Similarity;
import dev.synthorax.client.metrics.Features;
import dev.synthorax.client.metrics.FidelityScores;
import dev.synthorax.client.metrics.Memorisation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how near synthetic images are to real ones, and whether they copy training images. */
@Command(
    name = "fidelity",
    description = {
      "Compares synthetic with real images on named features: Fréchet and kernel "
          + "distance, precision, recall, density, coverage, MS-SSIM; with --train also "
          + "memorisation.",
      "",
      "Each set is a folder of images (PNG, JPEG, BMP, TIFF, DICOM), a data set, or what "
          + "generate or augment made, whose features are texture-v1 (59 handmade numbers: no "
          + "FID of another tool compares with them); or a CSV image,f1,f2,... under "
          + "--feature-set. Copies of the source among the images of augment are left out, and "
          + "so are synthetic ones among the real.",
      "",
      "Features are taken as given. --standardise takes each in units of the real images, "
          + "so that none rules by its unit; do so with texture-v1, not with features of an "
          + "encoder."
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  synthorax metrics fidelity --real test --synthetic synthetic",
      "  synthorax metrics fidelity --real test --synthetic synthetic \\",
      "      --train train --json",
      "  synthorax metrics fidelity --real nih --real-split test \\",
      "      --synthetic job --standardise",
      "  synthorax metrics fidelity --real real.csv --synthetic syn.csv \\",
      "      --feature-set rad-dino-v1"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class MetricsFidelityCommand implements Callable<Integer> {
  private static final int NEAREST_SHOWN = 10;

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
      names = "--real-split",
      paramLabel = "SPLIT",
      converter = DatasetOptionNames.OfSplit.class,
      description = "Only this split of --real, a data set: train, validation or test.")
  private @Nullable Split realSplit;

  @Option(
      names = "--train-split",
      paramLabel = "SPLIT",
      converter = DatasetOptionNames.OfSplit.class,
      description = "Only this split of --train, a data set.")
  private @Nullable Split trainSplit;

  @Option(
      names = {"--standardise", "--standardize"},
      description = "Take each feature in units of the real images (default: as given).")
  private boolean standardise;

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

  @Mixin private EvaluationOutput output;

  @Override
  public Integer call() throws IOException {
    if (pairs < 0) {
      throw new UsageException("--pairs: " + pairs + " (expected: >= 0)");
    }
    ImageSet reals = find("real", real, false, realSplit);
    ImageSet synthetics = find("synthetic", synthetic, true, null);
    ImageSet training = train == null ? null : find("train", train, false, trainSplit);
    if (train == null && trainSplit != null) {
      throw new UsageException("--train-split: needs --train, a data set");
    }
    List<String> found = new ArrayList<>();
    int images = 0;
    for (ImageSet set : Stream.of(reals, synthetics, training).filter(Objects::nonNull).toList()) {
      set.warnings().stream().filter(warning -> !found.contains(warning)).forEach(found::add);
      images += set.size();
    }
    Features ofReal;
    Features ofSynthetic;
    Features ofTraining;
    try (CountProgress progress = output.progress("Images", images)) {
      ofReal = reals.features(progress::step);
      ofSynthetic = synthetics.features(progress::step);
      ofTraining = training == null ? null : training.features(progress::step);
    }
    FidelityScores scores;
    Memorisation memorisation;
    try {
      scores = FidelityScores.of(ofReal, ofSynthetic, k, seed, standardise);
      memorisation =
          ofTraining == null
              ? null
              : Memorisation.of(ofTraining, ofReal, ofSynthetic, NEAREST_SHOWN);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    Similarity similarity = Similarity.of(reals, synthetics, pairs, seed, found);
    output.tell(
        FidelityResult.of(scores, memorisation, similarity, found, ofSynthetic.alsoIn(ofReal)));
    return ExitCode.OK;
  }

  private ImageSet find(String option, Path path, boolean synthetic, @Nullable Split split)
      throws IOException {
    try {
      return ImageSet.find(path, new ImageSet.Options(synthetic, split, featureSet));
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw new UsageException(
          (message.startsWith("split") ? "--" + option + "-" : "--") + message);
    }
  }
}
