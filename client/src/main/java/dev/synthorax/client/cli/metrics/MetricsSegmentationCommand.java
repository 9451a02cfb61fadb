package dev.synthorax.client.cli.metrics;

import dev.synthorax.client.cli.option.DatasetOptionNames;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.cli.terminal.CountProgress;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.evaluation.ArmScores;
import dev.synthorax.client.evaluation.ImageGroups;
import dev.synthorax.client.evaluation.MaskPairs;
import dev.synthorax.client.evaluation.MaskSet;
import dev.synthorax.client.evaluation.MaskTable;
import dev.synthorax.client.metrics.EmptyPolicy;
import dev.synthorax.client.metrics.MaskScores;
import dev.synthorax.client.metrics.PixelSpacing;
import dev.synthorax.client.metrics.SurfaceConvention;
import dev.synthorax.client.table.CsvRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures predicted masks against true ones. */
@Command(
    name = "segmentation",
    description = {
      "Measures predicted masks against true ones: Dice, IoU, HD95 and NSD.",
      "",
      "Masks are image files of equal names (endings aside) in two folders, of two values "
          + "each: the brighter is inside. Where all are called IMAGE-STRUCTURE, such as "
          + "p1-lungs.png, the table has a part for each structure. The truth may also be a "
          + "data set with masks."
    },
    sortOptions = false,
    footer = {
      "",
      "A mask without partner, two sizes and more than two values stop the command.",
      "",
      "Examples:",
      "  synthorax metrics segmentation --truth masks --prediction predicted",
      "  synthorax metrics segmentation --truth masks --prediction predicted \\",
      "      --spacing 0.7,0.7 --tolerance 3",
      "  synthorax metrics segmentation --truth masks --prediction predicted \\",
      "      --groups people.csv --group sex",
      "  synthorax metrics segmentation --truth masks --prediction predicted \\",
      "      --groups people.csv --scores-out all.csv --arm masks",
      "  synthorax metrics segmentation --truth phantoms --split test \\",
      "      --prediction predicted"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class MetricsSegmentationCommand implements Callable<Integer> {
  @Option(
      names = "--truth",
      paramLabel = "DIR",
      required = true,
      description = "True masks, or a data set.")
  private Path truth;

  @Option(
      names = "--prediction",
      paramLabel = "DIR",
      required = true,
      description = "Predicted masks; of a data set IMAGE-STRUCTURE.png, or IMAGE.png of one.")
  private Path prediction;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      converter = DatasetOptionNames.OfSplit.class,
      description = "Only images of this split of a data set: train, validation or test.")
  private @Nullable Split split;

  @Option(
      names = "--empty",
      paramLabel = "POLICY",
      defaultValue = "undefined",
      converter = MetricsOptionNames.OfEmptyPolicy.class,
      description =
          "What a pair of empty masks is worth: undefined (left out), perfect, worst; or"
              + " positives-only, which leaves every empty truth out (default: undefined).")
  private EmptyPolicy empty;

  @Option(
      names = "--convention",
      paramLabel = "NAME",
      defaultValue = "surface-elements",
      converter = MetricsOptionNames.OfConvention.class,
      description =
          "Contours of HD95 and NSD: surface-elements (DeepMind) or edge-pixels (MONAI); default:"
              + " surface-elements.")
  private SurfaceConvention convention;

  @Option(
      names = "--spacing",
      paramLabel = "R,C",
      defaultValue = "1,1",
      converter = MetricsOptionNames.OfSpacing.class,
      description = "Millimetres between rows and columns (default: 1,1, distances in pixels).")
  private PixelSpacing spacing;

  @Option(
      names = "--tolerance",
      paramLabel = "T",
      defaultValue = "2",
      description = "Of NSD, in the unit of the spacing (default: ${DEFAULT-VALUE}).")
  private double tolerance;

  @Option(
      names = "--groups",
      paramLabel = "CSV",
      description = "Columns image (name without structure and ending), and each --group.")
  private @Nullable Path groupsFile;

  @Option(
      names = "--group",
      paramLabel = "COLUMN",
      description = "Table by this column of --groups; repeat. Age is cut into bands.")
  private List<String> groupColumns = new ArrayList<>();

  @Mixin private MetricsScoresOut scoresOut;
  @Mixin private EvaluationOutput output;

  @Override
  public Integer call() throws IOException {
    MaskScores.Settings settings = settings();
    ArmScores scores = scoresOut.scores();
    MaskPairs pairs = pairs();
    ImageGroups groups = groups(pairs);
    ImageGroups patients = scores == null ? null : patients();
    List<MaskTable.Measured> measured;
    try (CountProgress progress = output.progress("Masks", pairs.size())) {
      measured = pairs.measure(settings, progress::step);
    }
    List<String> found = new ArrayList<>(pairs.warnings());
    if (scores != null) {
      int without = scores.appendMasks(measured, patients);
      if (without > 0) {
        found.add(without + " values are infinite or undefined and have no row in --scores-out");
      }
    }
    output.tell(new MaskTable(measured, groups, settings, found));
    return ExitCode.OK;
  }

  private MaskScores.Settings settings() {
    try {
      return new MaskScores.Settings(spacing, tolerance, convention, empty);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage());
    }
  }

  private MaskPairs pairs() throws IOException {
    MaskSet truths;
    try {
      truths = MaskSet.read(truth, split);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage());
    }
    return MaskPairs.of(truths, MaskSet.read(prediction, null));
  }

  private ImageGroups groups(MaskPairs pairs) throws IOException {
    if (groupsFile == null) {
      if (!groupColumns.isEmpty()) {
        throw new UsageException("--group: needs --groups, the CSV with that column");
      }
      return ImageGroups.none();
    }
    CsvRows table = CsvRows.read(groupsFile);
    table.require("--groups", List.of("image"));
    ImageGroups groups = ImageGroups.of(table, groupColumns);
    for (String image : pairs.images()) {
      if (!groups.knows(image)) {
        throw new IOException(
            "%s: no row of image '%s' (expected: one for each image of %s)"
                .formatted(groupsFile, image, truth));
      }
    }
    return groups;
  }

  private @Nullable ImageGroups patients() throws IOException {
    if (groupsFile != null) {
      return ImageGroups.of(CsvRows.read(groupsFile), List.of(ArmScores.PATIENT));
    }
    if (DatasetFormat.matching(truth).isEmpty()) {
      throw new UsageException("--scores-out: needs --groups, the CSV with a column patient");
    }
    return null;
  }
}
