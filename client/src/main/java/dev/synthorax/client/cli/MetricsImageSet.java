package dev.synthorax.client.cli;

import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.metrics.Features;
import dev.synthorax.client.metrics.MsSsim;
import dev.synthorax.client.metrics.TextureFeatures;
import dev.synthorax.client.table.CsvRows;
import dev.synthorax.client.table.CsvTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Images to compare: a folder of PNG files, or a CSV of features that another tool computed.
 *
 * @param folder the files; null of a CSV
 * @param features a vector for each image
 */
record MetricsImageSet(@Nullable MetricsPngFolder folder, Features features) {
  /**
   * Reads a set.
   *
   * @param path a folder of PNG files, or a CSV with a column {@code image} and one for each
   *     feature
   * @param featureSet name of a CSV's features; null of folders, whose features are computed
   */
  static MetricsImageSet read(Path path, @Nullable String featureSet) throws IOException {
    if (Files.isRegularFile(path)) {
      if (featureSet == null) {
        throw new UsageException(
            "--feature-set: missing (expected: the name and version of the features in "
                + path
                + ")");
      }
      return new MetricsImageSet(null, fromCsv(path, featureSet));
    }
    if (featureSet != null) {
      throw new UsageException(
          "--feature-set: "
              + path
              + " is no CSV (expected: CSVs of features; those of folders are "
              + TextureFeatures.SET
              + ")");
    }
    MetricsPngFolder folder = MetricsPngFolder.of(path);
    return new MetricsImageSet(
        folder, Features.of(TextureFeatures.SET, folder.names(), folder.map(TextureFeatures::of)));
  }

  private static Features fromCsv(Path path, String featureSet) throws IOException {
    CsvRows table = CsvRows.read(path);
    table.require("features", List.of("image"));
    List<String> columns =
        table.columns().stream().filter(column -> !column.equals("image")).toList();
    List<String> images = new ArrayList<>();
    List<double[]> rows = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (CsvTable.Row row : table.rows()) {
      String image = row.required("image");
      if (!seen.add(image)) {
        throw row.wrong("image", "each image once");
      }
      double[] values = new double[columns.size()];
      for (int k = 0; k < values.length; k++) {
        values[k] = row.requiredNumber(columns.get(k));
      }
      images.add(image);
      rows.add(values);
    }
    return Features.of(featureSet, images, rows);
  }

  /**
   * Returns the mean MS-SSIM of random pairs of different images.
   *
   * @param warnings gets why there is none
   * @return NaN of a CSV, of one image, and where images are too small or differ in size
   */
  double meanSimilarity(int pairs, long seed, List<String> warnings) throws IOException {
    if (folder == null || folder.names().size() < 2) {
      return Double.NaN;
    }
    List<String> names = folder.names();
    SplittableRandom random = new SplittableRandom(seed);
    double sum = 0;
    for (int pair = 0; pair < pairs; pair++) {
      int first = below(random, names.size());
      int second = (first + 1 + below(random, names.size() - 1)) % names.size();
      GrayImage a = folder.read(names.get(first));
      GrayImage b = folder.read(names.get(second));
      try {
        sum += MsSsim.of(a, b);
      } catch (IllegalArgumentException e) {
        warnings.add(
            "no MS-SSIM of "
                + folder.folder()
                + ": "
                + names.get(first)
                + ", "
                + names.get(second)
                + ": "
                + e.getMessage());
        return Double.NaN;
      }
    }
    return sum / pairs;
  }

  private static int below(SplittableRandom random, int bound) {
    return (int) Math.unsignedMultiplyHigh(random.nextLong(), bound);
  }
}
