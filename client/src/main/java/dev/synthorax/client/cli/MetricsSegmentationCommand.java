package dev.synthorax.client.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.metrics.EmptyPolicy;
import dev.synthorax.client.metrics.MaskScores;
import dev.synthorax.client.metrics.PixelSpacing;
import dev.synthorax.client.metrics.SurfaceConvention;
import dev.synthorax.client.table.CsvRows;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures predicted masks against true ones. */
@Command(
    name = "segmentation",
    description = {
      "Measures predicted masks against true ones: Dice, IoU, HD95 and NSD.",
      "",
      "Masks are PNG files of equal names in two folders, of two values each: the",
      "brighter is inside (0 and 255, 0 and 1, palette, 16 bits)."
    },
    sortOptions = false,
    footer = {
      "",
      "A file without partner, two sizes and a mask of more than two values stop the command.",
      "",
      "Examples:",
      "  synthorax metrics segmentation --truth masks --prediction predicted",
      "  synthorax metrics segmentation --truth masks --prediction predicted --spacing 0.7,0.7"
          + " --tolerance 3",
      "  synthorax metrics segmentation --truth masks --prediction predicted --groups people.csv"
          + " --group sex",
      "  synthorax metrics segmentation --truth masks --prediction predicted --groups people.csv"
          + " --scores-out all.csv --arm masks"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class MetricsSegmentationCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--truth", paramLabel = "DIR", required = true, description = "True masks.")
  private Path truth;

  @Option(
      names = "--prediction",
      paramLabel = "DIR",
      required = true,
      description = "Predicted masks.")
  private Path prediction;

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
      description = "Columns image (file name without .png), and one for each --group.")
  private @Nullable Path groupsFile;

  @Option(
      names = "--group",
      paramLabel = "COLUMN",
      description = "Table by this column of --groups; repeat. Age is cut into bands.")
  private List<String> groupColumns = new ArrayList<>();

  @Mixin private MetricsScoresOut scoresOut;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    MaskScores.Settings settings = settings();
    MetricsPngFolder truths = MetricsPngFolder.of(truth);
    MetricsPngFolder predictions = MetricsPngFolder.of(prediction);
    requirePartners(truths, predictions);
    requirePartners(predictions, truths);
    MetricsGroups groups = groups(truths);
    List<MetricsMaskTable.Measured> measured = measure(truths, predictions, settings);
    MetricsMaskTable table = new MetricsMaskTable(measured, groups, settings);
    if (scoresOut.wanted()) {
      scoresOut.appendMasks(measured, patients());
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    table.warnings().forEach(warning -> err.println("warning: " + warning));
    if (output.json) {
      out.println(new JsonMapper().writeValueAsString(table.json()));
    } else {
      table.lines().forEach(out::println);
    }
    return SynthoraxCommand.OK;
  }

  private MaskScores.Settings settings() {
    try {
      return new MaskScores.Settings(spacing, tolerance, convention, empty);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage());
    }
  }

  private static void requirePartners(MetricsPngFolder from, MetricsPngFolder to)
      throws IOException {
    TreeSet<String> lonely = new TreeSet<>(from.names());
    to.names().forEach(lonely::remove);
    if (!lonely.isEmpty()) {
      throw new IOException(
          "%s: no file of that name in %s (expected: the same names in both; %d without partner)"
              .formatted(from.folder().resolve(lonely.first()), to.folder(), lonely.size()));
    }
  }

  private MetricsGroups groups(MetricsPngFolder truths) throws IOException {
    if (groupsFile == null) {
      if (!groupColumns.isEmpty()) {
        throw new UsageException("--group: needs --groups, the CSV with that column");
      }
      return MetricsGroups.none();
    }
    CsvRows table = CsvRows.read(groupsFile);
    table.require("--groups", List.of("image"));
    MetricsGroups groups = MetricsGroups.of(table, groupColumns);
    for (String name : truths.names()) {
      if (!groups.knows(MetricsPngFolder.stem(name))) {
        throw new IOException(
            "%s: no row of image '%s' (expected: one for each mask of %s)"
                .formatted(groupsFile, MetricsPngFolder.stem(name), truths.folder()));
      }
    }
    return groups;
  }

  private MetricsGroups patients() throws IOException {
    if (groupsFile == null) {
      throw new UsageException("--scores-out: needs --groups, the CSV with a column patient");
    }
    return MetricsGroups.of(CsvRows.read(groupsFile), List.of(MetricsScoresOut.PATIENT));
  }

  private static List<MetricsMaskTable.Measured> measure(
      MetricsPngFolder truths, MetricsPngFolder predictions, MaskScores.Settings settings)
      throws IOException {
    try {
      return truths.names().parallelStream()
          .map(
              name -> {
                try {
                  return measure(name, truths, predictions, settings);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static MetricsMaskTable.Measured measure(
      String name,
      MetricsPngFolder truths,
      MetricsPngFolder predictions,
      MaskScores.Settings settings)
      throws IOException {
    BinaryMask first = truths.readMask(name);
    BinaryMask second = predictions.readMask(name);
    if (first.width() != second.width() || first.height() != second.height()) {
      throw new IOException(
          "%s: %d x %d, but %s is %d x %d (expected: one size)"
              .formatted(
                  predictions.folder().resolve(name),
                  second.width(),
                  second.height(),
                  truths.folder().resolve(name),
                  first.width(),
                  first.height()));
    }
    return new MetricsMaskTable.Measured(
        MetricsPngFolder.stem(name), first.area() > 0, MaskScores.of(first, second, settings));
  }
}
