package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A plain folder: {@code images.csv}, {@code images/*.png}, {@code masks/NAME-STRUCTURE.png} and,
 * where there are boxes, {@code boxes.csv}. Holds everything.
 *
 * <p>Columns of {@code images.csv}; only {@code image} must be there:
 *
 * <ul>
 *   <li>{@code id}: default the image's file name without ending
 *   <li>{@code image}: file, relative to the folder; PNG, JPEG, BMP or TIFF
 *   <li>{@code patient_id}, {@code study_id}: default the id
 *   <li>{@code sex} (female, male), {@code age_years}, {@code view} (PA, AP, LATERAL, ...), {@code
 *       split} (train, validation, test): blank is not recorded
 *   <li>{@code masks}: structures that were outlined, joined by {@code ;}; without the column, the
 *       files there are, PNG or under the ending of another image
 *   <li>{@code text}, {@code seed}
 *   <li>{@code attributes}: a JSON object of strings, booleans, numbers and lists of strings
 *   <li>{@code label_NAME}: 1, 0, -1 (uncertain), blank (not mentioned)
 * </ul>
 *
 * <p>Columns of {@code boxes.csv}: {@code id}, {@code label}, {@code x}, {@code y}, {@code width},
 * {@code height}, in pixels. A whole number among the attributes comes back as an {@code Integer}
 * where it fits one.
 */
final class FolderLayout implements Layout {
  static final String TABLE = "images.csv";
  static final String BOXES = "boxes.csv";
  static final String IMAGES = "images";
  static final String MASKS = "masks";
  static final String LABEL = "label_";
  static final String SEPARATOR = ";";
  static final List<String> COLUMNS =
      List.of(
          "id",
          "image",
          "patient_id",
          "study_id",
          "sex",
          "age_years",
          "view",
          "split",
          "masks",
          "text",
          "seed",
          "attributes");
  static final List<String> BOX_COLUMNS = List.of("id", "label", "x", "y", "width", "height");

  @Override
  public String looksFor() {
    return TABLE + " with a column image";
  }

  @Override
  public boolean matches(Path folder) {
    return CsvTable.hasColumns(CsvTable.find(folder, TABLE), "image");
  }

  @Override
  public @Nullable String nearMiss(Path folder) {
    return CsvTable.problem(CsvTable.find(folder, TABLE), "image");
  }

  private record Entry(Place place, Set<Structure> masks) {}

  private record Loader(ImageRoot root, FolderFiles found, ReadOptions options)
      implements TableDataset.Loader<Entry> {
    @Override
    public Sample load(ImageInfo info, Entry files) throws IOException {
      Place place = files.place();
      PixelFiles.Picture picture =
          PixelFiles.image(root.resolve(place.file()), place.at(), options);
      GrayImage image = picture.pixels();
      Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
      for (Structure structure : files.masks()) {
        masks.put(structure, PixelFiles.mask(mask(place, structure), place.at(), image, options));
      }
      return picture.sample(info, masks);
    }

    private Path mask(Place place, Structure structure) {
      return root.resolve(MASKS + "/" + found.maskName(stem(place.file()), structure));
    }

    @Override
    public List<Path> files(Entry entry) {
      List<Path> files = new ArrayList<>(List.of(root.resolve(entry.place().file())));
      entry.masks().forEach(structure -> files.add(mask(entry.place(), structure)));
      return files;
    }

    @Override
    public Set<Structure> structures(Entry entry) {
      return entry.masks();
    }

    @Override
    public String at(Entry entry) {
      return entry.place().at();
    }
  }

  @Override
  public Dataset open(Path folder, ReadOptions options) throws IOException {
    Path file = CsvTable.require(folder, TABLE);
    String name = file.toString();
    Warnings warnings = new Warnings();
    ImageRoot root = ImageRoot.of(folder);
    FolderFiles files = FolderFiles.of(root);
    TableDataset.Builder<Entry> dataset =
        new TableDataset.Builder<>("folder", new Loader(root, files, options), warnings);
    Map<String, List<Box>> boxes = boxes(folder);
    try (CsvTable table = CsvTable.open(file, "image")) {
      List<String> labels = new ArrayList<>();
      for (String column : table.columns()) {
        if (column.startsWith(LABEL)) {
          labels.add(column);
        } else if (!COLUMNS.contains(column)) {
          warnings.add("columns", name + ": column '" + column + "' is not read");
        }
      }
      boolean listed = table.has("masks");
      for (CsvRow row = table.next(); row != null; row = table.next()) {
        String image = row.required("image");
        ImageInfo.Builder info = info(table, row, image, labels);
        String id = id(row, image);
        List<Box> own = boxes.remove(id);
        if (own != null) {
          info.boxes(own);
        }
        root.offer(image);
        files.uses(image.contains("/") ? image : IMAGES + "/" + image);
        String stem = stem(image);
        Set<Structure> masks = listed ? masks(row) : files.masks(stem);
        masks.forEach(structure -> files.uses(MASKS + "/" + files.maskName(stem, structure)));
        dataset.add(
            build(info, row),
            new Entry(new Place(image, name, row.line()), dataset.intern(masks)),
            row.at());
      }
    }
    for (String id : boxes.keySet()) {
      warnings.add(
          "boxes without an image",
          folder.resolve(BOXES) + ": image '" + id + "' is not in " + name);
    }
    files.reportUnused(name, warnings);
    return dataset.build(name);
  }

  private static ImageInfo build(ImageInfo.Builder info, CsvRow row) throws IOException {
    try {
      return info.build();
    } catch (IllegalArgumentException e) {
      throw row.wrong(String.valueOf(e.getMessage()));
    }
  }

  static String maskName(String stem, Structure structure) {
    return stem + "-" + structure.wireName() + ".png";
  }

  private static String stem(String image) {
    return NihLayout.stem(image.substring(image.lastIndexOf('/') + 1));
  }

  private static String id(CsvRow row, String image) {
    String id = row.textOrEmpty("id");
    return id.isEmpty() ? stem(image) : id;
  }

  private static ImageInfo.Builder info(
      CsvTable table, CsvRow row, String image, List<String> labels) throws IOException {
    String id = id(row, image);
    ImageInfo.Builder info = ImageInfo.builder(id);
    String patient = row.textOrEmpty("patient_id");
    String study = row.textOrEmpty("study_id");
    info.patientId(patient.isEmpty() ? id : patient).studyId(study.isEmpty() ? id : study);
    String sex = row.textOrEmpty("sex");
    if (!sex.isEmpty()) {
      Sex known = Sex.ofName(sex);
      if (known == null) {
        throw row.wrong("sex", "female, male or blank");
      }
      info.sex(known);
    }
    if (table.has("age_years")) {
      info.ageYears(row.integer("age_years"));
    }
    String view = row.textOrEmpty("view");
    info.view(view.isEmpty() ? null : View.ofName(view));
    info.split(split(row));
    if (table.has("text")) {
      info.text(row.exact("text"));
    }
    info.seed(seed(row));
    String attributes = row.textOrEmpty("attributes");
    if (!attributes.isEmpty()) {
      try {
        info.attributes(AttributesJson.read(attributes));
      } catch (IOException e) {
        throw row.wrong("attributes: " + e.getMessage());
      }
    }
    for (String column : labels) {
      Label label = Vocabulary.read(row, column);
      if (label != null) {
        info.label(column.substring(LABEL.length()), label);
      }
    }
    return info;
  }

  private static @Nullable Split split(CsvRow row) throws IOException {
    String split = row.textOrEmpty("split");
    try {
      return split.isEmpty() ? null : Split.ofWireName(split);
    } catch (IllegalArgumentException e) {
      throw row.wrong("split", "train, validation, test or blank");
    }
  }

  private static @Nullable Long seed(CsvRow row) throws IOException {
    String seed = row.textOrEmpty("seed");
    try {
      return seed.isEmpty() ? null : Long.valueOf(Long.parseUnsignedLong(seed));
    } catch (NumberFormatException e) {
      throw row.wrong("seed", "a whole number from 0 to 2^64 - 1, or blank");
    }
  }

  private static Set<Structure> masks(CsvRow row) throws IOException {
    Set<Structure> masks = EnumSet.noneOf(Structure.class);
    for (String name : row.text("masks").split(SEPARATOR, -1)) {
      if (!name.isBlank()) {
        try {
          masks.add(Structure.ofWireName(name.strip()));
        } catch (IllegalArgumentException e) {
          throw row.wrong("masks: " + e.getMessage());
        }
      }
    }
    return masks;
  }

  private static Map<String, List<Box>> boxes(Path folder) throws IOException {
    Map<String, List<Box>> boxes = new LinkedHashMap<>();
    Path file = CsvTable.find(folder, BOXES);
    if (file == null) {
      return boxes;
    }
    try (CsvTable table = CsvTable.open(file, BOX_COLUMNS.toArray(String[]::new))) {
      for (CsvRow row = table.next(); row != null; row = table.next()) {
        boxes
            .computeIfAbsent(row.required("id"), key -> new ArrayList<>())
            .add(Place.box(row, row.required("label"), "x", "y", "width", "height"));
      }
    }
    return boxes;
  }

  @Override
  public DatasetWriter create(Path folder, WriteOptions options, FormatLosses losses)
      throws IOException {
    options.encoding("folder", PixelEncoding.LOSSLESS, PixelEncoding.LOSSLESS);
    return new FolderWriter(folder);
  }
}
