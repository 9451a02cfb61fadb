package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * CheXpert: {@code train.csv}, {@code valid.csv} and {@code test.csv} (or the published {@code
 * test_labels.csv}, which has paths and labels only) beside {@code
 * train/patient00001/study1/view1_frontal.jpg}. Paths in the tables start with the name that the
 * folder had when it was published, {@code CheXpert-v1.0-small}; it is left out. Images may also
 * lie in a folder inside this one.
 *
 * <p>Labels are 1, 0 and -1 (uncertain); blank is not mentioned. Age 0 and sex {@code Unknown} are
 * not recorded. Lateral views are listed with the others: {@link View#isFrontal} tells.
 *
 * <p>Holds labels of its 14 columns, sex, age, view and split. Drops masks, boxes, texts, seeds,
 * attributes; pixels go through JPEG. Ids are kept where they are CheXpert's own, else numbered.
 *
 * @see <a href="https://arxiv.org/abs/1901.07031">Irvin et al., CheXpert</a>
 */
final class CheXpertLayout implements Layout {
  static final int OLDEST = 150; // years
  static final String PATH = "Path";
  static final String SEX = "Sex";
  static final String AGE = "Age";
  static final String DIRECTION = "Frontal/Lateral";
  static final String VIEW = "AP/PA";
  private static final String TEST_LABELS = "test_labels.csv";
  private static final Pattern IMAGE =
      Pattern.compile(
          "(?:.*/)?(?<file>(?:train|valid|test)/(?<patient>patient\\d+)/(?<study>study\\d+)"
              + "/(?<view>[^/]+)\\.(?:jpe?g|png))");

  /** The tables by name, in order, and the split of each. */
  private static final Map<String, Split> TABLES = tables();

  private static Map<String, Split> tables() {
    Map<String, Split> tables = new LinkedHashMap<>();
    tables.put("train.csv", Split.TRAIN);
    tables.put("valid.csv", Split.VALIDATION);
    tables.put("test.csv", Split.TEST);
    tables.put(TEST_LABELS, Split.TEST);
    return tables;
  }

  @Override
  public String looksFor() {
    return "train.csv, valid.csv or test.csv with columns Path and Frontal/Lateral";
  }

  @Override
  public boolean matches(Path folder) {
    return TABLES.keySet().stream()
        .anyMatch(name -> CsvTable.hasColumns(CsvTable.find(folder, name), PATH, DIRECTION));
  }

  @Override
  public @Nullable String nearMiss(Path folder) {
    return TABLES.keySet().stream()
        .map(name -> CsvTable.problem(CsvTable.find(folder, name), PATH, DIRECTION))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  @Override
  public Set<FormatOption> options() {
    return EnumSet.of(FormatOption.CHEXMASK, FormatOption.MIN_RCA_MEAN, FormatOption.JPEG_QUALITY);
  }

  @Override
  public Dataset open(Path folder, ReadOptions options) throws IOException {
    ImageRoot root = ImageRoot.of(folder);
    Warnings warnings = new Warnings();
    TableDataset.Builder<DicomFiles.Entry> dataset =
        new TableDataset.Builder<>(
            "chexpert", FileLoader.ofPictures(root::resolve, options), warnings);
    boolean any = false;
    for (Map.Entry<String, Split> entry : TABLES.entrySet()) {
      Path file = CsvTable.find(folder, entry.getKey());
      if (file != null) {
        read(root, file, entry.getValue(), dataset);
        any = true;
      }
    }
    if (!any) {
      throw new IOException(
          folder + ": no table (expected: " + String.join(" or ", TABLES.keySet()) + ")");
    }
    CheXmaskTable.attach(options.cheXmask(), dataset, options, warnings);
    return dataset.build(folder.toString());
  }

  private static void read(
      ImageRoot root, Path file, Split split, TableDataset.Builder<DicomFiles.Entry> dataset)
      throws IOException {
    List<String> required = new ArrayList<>(List.of(PATH));
    if (!file.getFileName().toString().startsWith(TEST_LABELS)) {
      required.addAll(List.of(SEX, AGE, DIRECTION, VIEW));
      required.addAll(Vocabulary.CHEXPERT.names());
    }
    String name = file.toString();
    try (CsvTable table = CsvTable.open(file, required.toArray(String[]::new))) {
      for (CsvRow row = table.next(); row != null; row = table.next()) {
        Matcher path = IMAGE.matcher(row.text(PATH));
        if (!path.matches()) {
          throw row.wrong(PATH, "CheXpert-v1.0/train/patient00001/study1/view1_frontal.jpg");
        }
        String patient = path.group("patient");
        String study = patient + "_" + path.group("study");
        ImageInfo.Builder info =
            ImageInfo.builder(study + "_" + path.group("view"))
                .patientId(patient)
                .studyId(study)
                .sex(sex(row))
                .ageYears(age(row))
                .view(view(row, path.group("view")))
                .split(split);
        Vocabulary.CHEXPERT.read(table, row, info);
        String image = path.group("file");
        root.offer(image);
        dataset.add(
            info.build(), DicomFiles.Entry.of(new Place(image, name, row.line())), row.at());
      }
    }
  }

  private static @Nullable Sex sex(CsvRow row) throws IOException {
    String value = row.textOrEmpty(SEX);
    Sex sex = Sex.ofName(value);
    if (sex == null && !value.isEmpty() && !value.equals("Unknown")) {
      throw row.wrong(SEX, "Male, Female or Unknown");
    }
    return sex;
  }

  private static @Nullable Integer age(CsvRow row) throws IOException {
    if (row.textOrEmpty(AGE).isEmpty()) {
      return null;
    }
    Integer age = row.integer(AGE);
    if (age != null && (age < 0 || age > OLDEST)) {
      throw row.wrong(AGE, "0.." + OLDEST);
    }
    return age == null || age == 0 ? null : age;
  }

  private static @Nullable View view(CsvRow row, String name) throws IOException {
    String direction = row.textOrEmpty(DIRECTION);
    boolean lateral =
        switch (direction) {
          case "Frontal" -> false;
          case "Lateral" -> true;
          case "" -> name.contains("lateral");
          default -> throw row.wrong(DIRECTION, "Frontal or Lateral");
        };
    if (lateral) {
      return View.LATERAL;
    }
    String side = row.textOrEmpty(VIEW);
    if (side.isEmpty()) {
      return null;
    }
    View view = View.ofName(side);
    if (view == View.OTHER) {
      throw row.wrong(VIEW, "AP, PA, LL, RL or blank");
    }
    return view;
  }

  @Override
  public DatasetWriter create(Path folder, WriteOptions options, FormatLosses losses) {
    options.encoding("chexpert", PixelEncoding.JPEG, PixelEncoding.JPEG);
    return new CheXpertWriter(folder, options, losses);
  }
}
