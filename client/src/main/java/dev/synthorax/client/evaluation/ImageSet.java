package dev.synthorax.client.evaluation;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Splits;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.file.ImageFile;
import dev.synthorax.client.image.file.ImageFolder;
import dev.synthorax.client.metrics.Features;
import dev.synthorax.client.metrics.TextureFeatures;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Images to compare: a data set, what {@code generate} or {@code augment} made, a folder of image
 * files, or a CSV of features that another tool computed.
 *
 * <p><b>Threading:</b> immutable; any thread may load any image.
 */
public final class ImageSet {
  private static final int MAX_SIDE = 16_384;

  private final Path path;
  private final List<DatasetImage> images;
  private final @Nullable Features given;
  private final List<String> models;
  private final List<String> warnings;

  private ImageSet(
      Path path,
      List<DatasetImage> images,
      @Nullable Features given,
      List<String> models,
      List<String> warnings) {
    this.path = path;
    this.images = List.copyOf(images);
    this.given = given;
    this.models = List.copyOf(models);
    this.warnings = List.copyOf(warnings);
  }

  /**
   * How a set is read.
   *
   * @param synthetic of a data set with both: whether the synthetic images or the real ones are
   *     wanted
   * @param split null: all
   * @param featureSet name and version of a CSV's features; null: the path is no CSV
   */
  public record Options(boolean synthetic, @Nullable Split split, @Nullable String featureSet) {}

  /**
   * Finds the images of a set; reads no pixels.
   *
   * @param path a data set, the folder of a run or of an augment job with one arm, a folder of
   *     image files, or a CSV with a column {@code image} and one for each feature
   * @param options what is wanted of it: of a data set with both, synthetic images or real ones; a
   *     split of a data set; the name of a CSV's features
   * @throws IOException if there are none; one line
   * @throws IllegalArgumentException if the path is no set of the kind that the options speak of
   */
  public static ImageSet find(Path path, Options options) throws IOException {
    requireNonNull(path, "path");
    if (Files.isRegularFile(path)) {
      DatasetFolder.refuseSplit(path, options.split());
      if (options.featureSet() == null) {
        throw new IllegalArgumentException(
            "feature-set: missing (expected: the name and version of the features in "
                + path
                + ")");
      }
      return new ImageSet(
          path, List.of(), fromCsv(path, options.featureSet()), List.of(), List.of());
    }
    if (options.featureSet() != null) {
      throw new IllegalArgumentException(
          "feature-set: %s is no CSV (expected: CSVs of features; those of folders are %s)"
              .formatted(path, TextureFeatures.SET));
    }
    DatasetFolder dataset = DatasetFolder.find(place(path));
    return dataset == null ? ofFiles(path, options) : ofDataset(dataset, options);
  }

  /** Returns the data set that a path leads to; the path itself where it is one, or none. */
  private static Path place(Path path) throws IOException {
    Path full = path.toAbsolutePath().normalize();
    Path above = full.getParent();
    if (full.endsWith("images")
        && above != null
        && DatasetFormat.matching(above).contains(DatasetFormat.FOLDER)) {
      return requireNonNull(path.resolve("..").normalize());
    }
    Path job =
        Files.isRegularFile(path.resolve("dataset").resolve(ManifestLines.NAME))
            ? path.resolve("dataset")
            : path;
    if (!Files.isRegularFile(job.resolve(ManifestLines.NAME))) {
      return path;
    }
    List<Path> arms = new ArrayList<>();
    try (Stream<Path> entries = Files.list(job)) {
      for (Path entry : (Iterable<Path>) entries.sorted()::iterator) {
        if (Files.isDirectory(entry) && !DatasetFormat.matching(entry).isEmpty()) {
          arms.add(entry);
        }
      }
    }
    if (arms.size() > 1) {
      throw new IOException(
          "%s: %d arms (expected: one of them: %s)"
              .formatted(
                  path,
                  arms.size(),
                  String.join(", ", arms.stream().map(Path::toString).toList())));
    }
    return arms.isEmpty() ? path : arms.getFirst();
  }

  private static ImageSet ofDataset(DatasetFolder dataset, Options options) throws IOException {
    List<String> warnings = new ArrayList<>(dataset.warnings());
    ImageOrigin origin = options.synthetic() ? ImageOrigin.SYNTHETIC : ImageOrigin.REAL;
    List<DatasetImage> images =
        origin.of(dataset.images(options.split()), dataset.folder(), warnings);
    ManifestLines manifest = ImageOrigin.manifestOfArm(dataset.folder());
    return new ImageSet(
        dataset.folder(), images, null, manifest == null ? List.of() : manifest.models(), warnings);
  }

  private static ImageSet ofFiles(Path path, Options options) throws IOException {
    DatasetFolder.refuseSplit(path, options.split());
    Path inside = path.resolve("images");
    ManifestLines manifest = Files.isDirectory(inside) ? ManifestLines.in(path) : null;
    ImageFolder found = ImageFolder.list(manifest == null ? path : inside).requireImages();
    Map<String, JsonNode> lines = new HashMap<>();
    if (manifest != null) {
      manifest.lines().forEach(line -> lines.put(line.path("image").asText(), line));
    }
    List<DatasetImage> images = new ArrayList<>();
    for (Path file : found.images()) {
      JsonNode line = lines.get("images/" + file.getFileName());
      images.add(
          line == null
              ? new DatasetImage(
                  ImageInfo.builder(String.valueOf(file.getFileName())).build(),
                  info -> new Sample(info, ImageFile.read(file, MAX_SIDE), Map.of()))
              : made(path, file, line));
    }
    return new ImageSet(
        path, images, null, manifest == null ? List.of() : manifest.models(), found.warnings());
  }

  private static DatasetImage made(Path run, Path file, JsonNode line) {
    ImageInfo info =
        ImageInfo.builder(line.path("id").asText())
            .text(line.path("prompt").asText())
            .seed(line.path("seed").bigIntegerValue().longValue())
            .attribute(Splits.SYNTHETIC, true)
            .build();
    return new DatasetImage(
        info,
        about -> {
          Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
          GrayImage image = ImageFile.read(file, MAX_SIDE);
          for (JsonNode mask : line.path("structures")) {
            Structure structure = known(mask.path("structure").asText());
            if (structure != null && mask.hasNonNull("mask")) {
              masks.put(
                  structure,
                  ImageFile.readMask(run.resolve(mask.get("mask").asText()), MAX_SIDE)
                      .resize(image.width(), image.height()));
            }
          }
          return new Sample(about, image, masks);
        });
  }

  private static @Nullable Structure known(String name) {
    return Arrays.stream(Structure.values())
        .filter(structure -> structure.wireName().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static Features fromCsv(Path path, String featureSet) throws IOException {
    CsvRows table = CsvRows.read(path);
    table.require("features", List.of("image"));
    List<String> columns =
        table.columns().stream().filter(column -> !column.equals("image")).toList();
    List<String> images = new ArrayList<>();
    List<double[]> rows = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (CsvRow row : table.rows()) {
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

  /** Returns where the set is. */
  public Path path() {
    return path;
  }

  /** Returns the number of images whose pixels can be read: 0 of a CSV. */
  public int size() {
    return images.size();
  }

  /** Returns what was passed over or left out, one line each. */
  public List<String> warnings() {
    return warnings;
  }

  /** Returns the images; none of a CSV. */
  public List<DatasetImage> images() {
    return images;
  }

  /** Returns the models that made images, each with its version; none where no manifest says so. */
  public List<String> models() {
    return models;
  }

  /** Returns the name of an image. */
  String name(int image) {
    return images.get(image).info().id();
  }

  /** Reads an image, 0 to {@link #size()} - 1. */
  GrayImage load(int image) throws IOException {
    return images.get(image).load().image();
  }

  /**
   * Returns the features of all images: a CSV's own, else {@link TextureFeatures}, on all cores.
   *
   * @param done is told of each image that was read, from any thread
   * @throws IOException if an image cannot be read; one line that names it
   */
  public Features features(Runnable done) throws IOException {
    if (given != null) {
      return given;
    }
    try {
      List<double[]> rows =
          images.parallelStream()
              .map(
                  image -> {
                    try {
                      double[] row = TextureFeatures.of(image.load().image());
                      done.run();
                      return row;
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  })
              .toList();
      return Features.of(
          TextureFeatures.SET, images.stream().map(image -> image.info().id()).toList(), rows);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
