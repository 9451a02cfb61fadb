package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * NIH ChestX-ray14: {@code Data_Entry_2017_v2020.csv} (or the older {@code Data_Entry_2017.csv}, or
 * {@code sample_labels.csv} of the sample on Kaggle), {@code BBox_List_2017.csv}, {@code
 * train_val_list.txt}, {@code test_list.txt} (also under the names that smaller copies on Kaggle
 * have: {@code BBox_List_2017_Official_NIH.csv}, {@code train_val_list_NIH.txt}), and images
 * anywhere in folders whose name starts with {@code images}: {@code images/}, {@code
 * images_001/images/} to {@code images_012/images/}; without such a folder, anywhere.
 *
 * <p>The header's brackets hold commas, so its nine columns are eleven. A finding that is not
 * listed is negative. {@code Infiltrate} among the boxes is infiltration. The list of training and
 * validation images is one: its images are in train. The size and pixel spacing of the original,
 * not of the file, are attributes. Each follow-up is a study.
 *
 * <p>Holds labels of its 14 findings, sex, age, view, boxes; test against the rest. Drops masks,
 * texts, seeds, attributes; turns validation into train and labels that were not mentioned into
 * negative ones; refuses uncertain labels. Ids are kept where they are NIH's own, else numbered.
 *
 * @see <a href="https://arxiv.org/abs/1705.02315">Wang et al., ChestX-ray8</a>
 */
final class NihLayout implements Layout {
  static final String ENTRIES = "Data_Entry_2017_v2020.csv";
  private static final String[] OTHER_ENTRIES = {"Data_Entry_2017.csv", "sample_labels.csv"};
  private static final String OTHER_BOXES = "BBox_List_2017_Official_NIH.csv";
  static final String BOXES = "BBox_List_2017.csv";
  static final String TRAIN_LIST = "train_val_list.txt";
  static final String TEST_LIST = "test_list.txt";
  static final String HEADER =
      "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
          + "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]";
  static final String BOX_HEADER = "Image Index,Finding Label,Bbox [x,y,w,h],,,";
  static final String WIDTH = "original_width";
  static final String HEIGHT = "original_height";
  static final String SPACING_X = "original_pixel_spacing_x_mm";
  static final String SPACING_Y = "original_pixel_spacing_y_mm";

  private static final String IMAGE = "Image Index";
  private static final String FINDINGS = "Finding Labels";
  private static final String FINDING = "Finding Label";
  private static final String PATIENT = "Patient ID";
  private static final String AGE = "Patient Age";
  private static final String GENDER = "Patient Gender";
  private static final String VIEW = "View Position";

  @Override
  public String looksFor() {
    return ENTRIES + ", " + String.join(" or ", OTHER_ENTRIES) + " with a column " + FINDINGS;
  }

  @Override
  public boolean matches(Path folder) {
    return CsvTable.hasColumns(CsvTable.find(folder, ENTRIES, OTHER_ENTRIES), IMAGE, FINDINGS);
  }

  @Override
  public @Nullable String nearMiss(Path folder) {
    return CsvTable.problem(CsvTable.find(folder, ENTRIES, OTHER_ENTRIES), IMAGE, FINDINGS);
  }

  @Override
  public Set<FormatOption> options() {
    return EnumSet.of(FormatOption.CHEXMASK, FormatOption.MIN_RCA_MEAN);
  }

  @Override
  public Dataset open(Path folder, ReadOptions options) throws IOException {
    Path file = CsvTable.require(folder, ENTRIES, OTHER_ENTRIES);
    Warnings warnings = new Warnings();
    TableDataset.Builder<DicomFiles.Entry> dataset =
        new TableDataset.Builder<>(
            "nih", FileLoader.ofPictures(folder::resolve, options), warnings);
    Map<String, List<Box>> boxes = boxes(folder);
    Map<String, Split> splits = splits(folder, warnings);
    FileIndex files = files(folder);
    String name = file.toString();
    try (CsvTable table =
        CsvTable.open(file, IMAGE, FINDINGS, "Follow-up #", PATIENT, AGE, GENDER, VIEW)) {
      for (CsvRow row = table.next(); row != null; row = table.next()) {
        String image = row.required(IMAGE);
        ImageInfo.Builder info =
            ImageInfo.builder(stem(image))
                .patientId(row.required(PATIENT))
                .sex(sex(row))
                .ageYears(age(row))
                .view(view(row))
                .split(splits.get(image));
        labels(row, info);
        original(table, row, info);
        List<Box> own = boxes.remove(image);
        if (own != null) {
          info.boxes(own);
        }
        if (!splits.isEmpty() && splits.get(image) == null) {
          warnings.add("images without split", row.at() + ": '" + image + "' is in no list");
        }
        String path = files.find(stem(image));
        Place place = new Place(path == null ? "images/" + image : path, name, row.line());
        dataset.add(info.build(), DicomFiles.Entry.of(place), row.at());
      }
    }
    for (String image : boxes.keySet()) {
      warnings.add(
          "boxes without an image",
          folder.resolve(BOXES) + ": image '" + image + "' is not in " + name);
    }
    files.reportUnused(name, warnings);
    CheXmaskTable.attach(options.cheXmask(), dataset, options, warnings);
    return dataset.build(name);
  }

  static String stem(String image) {
    int dot = image.lastIndexOf('.');
    return dot > 0 ? image.substring(0, dot) : image;
  }

  private static @Nullable Sex sex(CsvRow row) throws IOException {
    Sex sex = Sex.ofName(row.text(GENDER));
    if (sex == null && !row.text(GENDER).isEmpty()) {
      throw row.wrong(GENDER, "M or F");
    }
    return sex;
  }

  /** Reads {@code 58}, or {@code 058Y} as the older table has it; months and days are 0 years. */
  private static @Nullable Integer age(CsvRow row) throws IOException {
    String age = row.text(AGE);
    if (age.matches("\\d{3}[YMD]")) {
      return age.endsWith("Y") ? Integer.parseInt(age.substring(0, 3)) : 0;
    }
    return row.integer(AGE);
  }

  private static @Nullable View view(CsvRow row) throws IOException {
    String view = row.text(VIEW);
    return view.isEmpty() ? null : View.ofName(view);
  }

  private static void labels(CsvRow row, ImageInfo.Builder info) throws IOException {
    Set<String> listed = new HashSet<>();
    for (String finding : row.required(FINDINGS).split("\\|", -1)) {
      String label = Vocabulary.NIH.label(finding.strip());
      if (label == null) {
        throw row.wrong(FINDINGS, "names of " + Vocabulary.NIH.names() + " joined by |");
      }
      listed.add(label);
    }
    if (listed.size() > 1 && listed.contains(ImageInfo.NO_FINDING)) {
      throw row.wrong(FINDINGS, "No Finding alone");
    }
    for (String label : Vocabulary.NIH.labels()) {
      info.label(label, listed.contains(label) ? Label.POSITIVE : Label.NEGATIVE);
    }
  }

  private static void original(CsvTable table, CsvRow row, ImageInfo.Builder info)
      throws IOException {
    if (!table.has("OriginalImage[Width") || !table.has("Height]")) {
      return;
    }
    Integer width = row.integer("OriginalImage[Width");
    Integer height = row.integer("Height]");
    if (width != null && height != null) {
      info.attribute(WIDTH, width).attribute(HEIGHT, height);
    }
    if (table.has("OriginalImagePixelSpacing[x") && table.has("y]")) {
      Double x = row.number("OriginalImagePixelSpacing[x");
      Double y = row.number("y]");
      if (x != null && y != null) {
        info.attribute(SPACING_X, x).attribute(SPACING_Y, y);
      }
    }
  }

  private static Map<String, List<Box>> boxes(Path folder) throws IOException {
    Map<String, List<Box>> boxes = new LinkedHashMap<>();
    Path file = CsvTable.find(folder, BOXES, OTHER_BOXES);
    if (file == null) {
      return boxes;
    }
    try (CsvTable table = CsvTable.open(file, IMAGE, FINDING, "Bbox [x", "y", "w", "h]")) {
      for (CsvRow row = table.next(); row != null; row = table.next()) {
        String finding = row.required(FINDING);
        String label =
            Vocabulary.NIH.label(finding.equals("Infiltrate") ? "Infiltration" : finding);
        if (label == null) {
          throw row.wrong(FINDING, "Infiltrate or one of " + Vocabulary.NIH.names());
        }
        boxes
            .computeIfAbsent(row.required(IMAGE), key -> new ArrayList<>())
            .add(Place.box(row, label, "Bbox [x", "y", "w", "h]"));
      }
    }
    return boxes;
  }

  private static Map<String, Split> splits(Path folder, Warnings warnings) throws IOException {
    Map<String, Split> splits = new HashMap<>();
    boolean any = false;
    for (Map.Entry<String, Split> list :
        List.of(Map.entry(TRAIN_LIST, Split.TRAIN), Map.entry(TEST_LIST, Split.TEST))) {
      Path file = folder.resolve(list.getKey());
      if (!Files.isRegularFile(file)) {
        file = folder.resolve(list.getKey().replace(".txt", "_NIH.txt"));
      }
      if (!Files.isRegularFile(file)) {
        continue;
      }
      any = true;
      int line = 0;
      for (String name : Files.readAllLines(file)) {
        line++;
        Split before = name.isBlank() ? null : splits.put(name.strip(), list.getValue());
        if (before != null) {
          throw new IOException(
              file
                  + ": line "
                  + line
                  + ": '"
                  + name.strip()
                  + "' was listed before (expected: once)");
        }
      }
    }
    if (!any) {
      warnings.add(
          "split", folder + ": no " + TRAIN_LIST + ", no " + TEST_LIST + "; no image has a split");
    }
    return splits;
  }

  private static FileIndex files(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return FileIndex.of(
          folder,
          entries
              .filter(
                  entry -> entry.getFileName().toString().matches("(images|sample)([^a-zA-Z].*)?"))
              .sorted()
              .toList());
    }
  }

  @Override
  public DatasetWriter create(Path folder, WriteOptions options, FormatLosses losses)
      throws IOException {
    options.encoding("nih", PixelEncoding.LOSSLESS, PixelEncoding.LOSSLESS);
    return new NihWriter(folder, losses);
  }
}
