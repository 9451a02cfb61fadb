package dev.synthorax.client.cli.stats;

import dev.synthorax.client.cli.option.KebabNames;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.metrics.DecisionMetric;
import dev.synthorax.client.metrics.Metric;
import dev.synthorax.client.stats.Adjustment;
import dev.synthorax.client.stats.Alternative;
import dev.synthorax.client.stats.ClusterBootstrap.IntervalMethod;
import dev.synthorax.client.stats.ComparisonPlan;
import dev.synthorax.client.stats.Comparisons;
import dev.synthorax.client.stats.PairedTest;
import dev.synthorax.client.stats.Resampling;
import dev.synthorax.client.stats.ScoreFile;
import dev.synthorax.client.table.TableException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How arms are compared: what {@code stats compare} and {@code report} share. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields before a command runs
final class ComparisonOptions {
  /** The tests, by the names of the option. */
  enum TestName {
    PAIRED_T,
    NADEAU_BENGIO,
    WILCOXON,
    PERMUTATION,
    BOOTSTRAP,
    MCNEMAR,
    DELONG;

    @Override
    public String toString() {
      return KebabNames.of(this);
    }
  }

  @Option(
      names = "--baseline",
      paramLabel = "ARM",
      required = true,
      description = "The arm that all others are compared with.")
  String baseline;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      required = true,
      converter = StatsOptionNames.OfMetric.class,
      description = "The metric, such as f1 or dice; auroc or accuracy of predictions.")
  Metric metric;

  @Option(
      names = "--test",
      paramLabel = "TEST",
      converter = StatsOptionNames.OfTest.class,
      description =
          "paired-t, nadeau-bengio, wilcoxon, permutation, bootstrap, mcnemar or delong (default:"
              + " paired-t of runs, bootstrap of images, delong of auroc, mcnemar of accuracy).")
  private @Nullable TestName test;

  @Option(
      names = "--alternative",
      paramLabel = "SIDE",
      defaultValue = "greater",
      converter = StatsOptionNames.OfAlternative.class,
      description = "greater, less or two-sided: the arm against the baseline (default: greater).")
  private Alternative alternative;

  @Option(
      names = "--adjust",
      paramLabel = "METHOD",
      defaultValue = "bonferroni",
      converter = StatsOptionNames.OfAdjustment.class,
      description =
          "bonferroni, holm, bh or none, over all comparisons printed (default: bonferroni).")
  private Adjustment adjustment;

  @Option(
      names = "--confidence",
      paramLabel = "C",
      defaultValue = "0.95",
      description = "Of the two-sided intervals (default: ${DEFAULT-VALUE}).")
  double confidence;

  @Option(
      names = "--test-train-ratio",
      paramLabel = "R",
      description = "Of nadeau-bengio: test over training images, 1 / (k - 1) for k folds.")
  private @Nullable Double testTrainRatio;

  @Option(
      names = "--threshold",
      paramLabel = "X",
      defaultValue = "0.5",
      description = "Of accuracy: a score from here on is positive (default: ${DEFAULT-VALUE}).")
  private double threshold;

  @Option(
      names = "--interval",
      paramLabel = "KIND",
      defaultValue = "bca",
      converter = StatsOptionNames.OfInterval.class,
      description = "Of bootstrap: bca or percentile (default: ${DEFAULT-VALUE}).")
  private IntervalMethod interval;

  @Option(
      names = "--resamples",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Of bootstrap and permutation, at least 2000 (default: ${DEFAULT-VALUE}).")
  private int resamples;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Of bootstrap and permutation (default: ${DEFAULT-VALUE}).")
  private long seed;

  /**
   * Compares the arms of a file as the options say.
   *
   * @throws UsageException if the options do not fit each other or the file
   */
  Comparisons compare(ScoreFile file) throws TableException {
    try {
      return Comparisons.of(
          file,
          new ComparisonPlan(
              baseline, metric, threshold, pairedTest(file), alternative, adjustment, confidence));
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private PairedTest pairedTest(ScoreFile file) {
    TestName name = test == null ? usual(file.kind()) : test;
    Resampling resampling = new Resampling(resamples, seed);
    if (testTrainRatio != null && name != TestName.NADEAU_BENGIO) {
      throw new IllegalArgumentException("--test-train-ratio: only --test nadeau-bengio has one");
    }
    return switch (name) {
      case PAIRED_T -> new PairedTest.PairedT();
      case NADEAU_BENGIO -> {
        if (testTrainRatio == null) {
          throw new IllegalArgumentException(
              "--test-train-ratio: missing (expected: test over training images of each run, such"
                  + " as 0.25)");
        }
        yield new PairedTest.NadeauBengio(testTrainRatio);
      }
      case WILCOXON -> new PairedTest.Wilcoxon();
      case PERMUTATION -> new PairedTest.Permutation(resampling);
      case BOOTSTRAP -> new PairedTest.Bootstrap(resampling, interval);
      case MCNEMAR -> new PairedTest.McNemar();
      case DELONG -> new PairedTest.DeLong();
    };
  }

  private TestName usual(ScoreFile.Kind kind) {
    return switch (kind) {
      case RUNS -> TestName.PAIRED_T;
      case IMAGES -> TestName.BOOTSTRAP;
      case PREDICTIONS ->
          metric.equals(DecisionMetric.ACCURACY) ? TestName.MCNEMAR : TestName.DELONG;
    };
  }
}
