package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * RSNA Pneumonia: {@code stage_2_train_labels.csv}, {@code stage_2_detailed_class_info.csv} and
 * {@code stage_2_train_images/PATIENT.dcm}.
 *
 * <p>An image has a row for each box, and one without box if it is negative; the class table
 * repeats its row as often. {@code Target} is pneumonia; the class adds lung opacity and no
 * finding. Every image is a patient of its own and has no split. Sex, age and view come with the
 * pixels. The files' pixel spacing is that of larger originals and is not used.
 *
 * <p>Holds pneumonia and its boxes, no finding, sex, age, view, ids. Drops other labels and boxes,
 * masks, splits, texts, seeds, attributes; refuses uncertain labels and pneumonia without a box.
 *
 * @see <a href="https://doi.org/10.1148/ryai.2019180041">Shih et al., RSNA Pneumonia</a>
 */
final class RsnaLayout implements Layout {
  static final String LABELS = "stage_2_train_labels.csv";
  static final String CLASSES = "stage_2_detailed_class_info.csv";
  static final String IMAGES = "stage_2_train_images";
  static final String HEADER = "patientId,x,y,width,height,Target";
  static final String CLASS_HEADER = "patientId,class";
  static final String PNEUMONIA = "pneumonia";
  static final String OPACITY = "lung_opacity";
  static final String OPACITY_CLASS = "Lung Opacity";
  static final String OTHER_CLASS = "No Lung Opacity / Not Normal";
  static final String NORMAL_CLASS = "Normal";

  private static final String IMAGE = "patientId";
  private static final String TARGET = "Target";
  private static final String CLASS = "class";
  private static final String[] SIDES = {"x", "y", "width", "height"};

  private record Rows(boolean positive, int line, List<Box> boxes) {}

  @Override
  public String looksFor() {
    return LABELS;
  }

  @Override
  public boolean matches(Path folder) {
    return CsvTable.find(folder, LABELS) != null;
  }

  @Override
  public Set<FormatOption> options() {
    return EnumSet.of(FormatOption.CHEXMASK, FormatOption.MIN_RCA_MEAN, FormatOption.JPEG_QUALITY);
  }

  @Override
  public Dataset open(Path folder, ReadOptions options) throws IOException {
    Path file = CsvTable.require(folder, LABELS);
    String name = file.toString();
    Warnings warnings = new Warnings();
    Map<String, Rows> images = labels(file, warnings);
    Map<String, String> classes = classes(folder, images, warnings);
    FileIndex files = FileIndex.of(folder, List.of(folder.resolve(IMAGES)));
    TableDataset.Builder<DicomFiles.Entry> dataset =
        new TableDataset.Builder<>("rsna", FileLoader.ofDicom(folder, options), warnings);
    for (Map.Entry<String, Rows> image : images.entrySet()) {
      String id = image.getKey();
      Rows rows = image.getValue();
      String at = name + ": line " + rows.line();
      String path = files.find(id);
      if (path == null) {
        path = IMAGES + "/" + id + ".dcm";
      }
      ImageInfo.Builder info =
          ImageInfo.builder(id).label(PNEUMONIA, label(rows.positive())).boxes(rows.boxes());
      String kind = classes.get(id);
      if (kind != null) {
        info.label(OPACITY, label(kind.equals(OPACITY_CLASS)));
        info.label(ImageInfo.NO_FINDING, label(kind.equals(NORMAL_CLASS)));
      }
      Place place = new Place(path, name, rows.line());
      dataset.add(info.build(), DicomFiles.Entry.of(place), at);
    }
    files.reportUnused(name, warnings);
    CheXmaskTable.attach(options.cheXmask(), dataset, options, warnings);
    return dataset.build(name);
  }

  private static Label label(boolean positive) {
    return positive ? Label.POSITIVE : Label.NEGATIVE;
  }

  private static Map<String, Rows> labels(Path file, Warnings warnings) throws IOException {
    Map<String, Rows> images = new LinkedHashMap<>();
    try (CsvTable table = CsvTable.open(file, IMAGE, "x", "y", "width", "height", TARGET)) {
      for (CsvRow row = table.next(); row != null; row = table.next()) {
        boolean positive = target(row);
        int line = row.line();
        Rows rows =
            images.computeIfAbsent(
                row.required(IMAGE), key -> new Rows(positive, line, new ArrayList<>(1)));
        if (rows.positive() != positive) {
          throw row.wrong(TARGET, "as in line " + rows.line() + " of the same image");
        }
        if (!positive) {
          requireNoBox(row);
          continue;
        }
        Box box = Place.box(row, PNEUMONIA, SIDES);
        if (rows.boxes().contains(box)) {
          warnings.add(
              "boxes that come twice",
              row.at() + ": image '" + row.text(IMAGE) + "' has this box already; taken once");
        } else {
          rows.boxes().add(box);
        }
      }
    }
    return images;
  }

  private static boolean target(CsvRow row) throws IOException {
    return switch (row.text(TARGET)) {
      case "1", "1.0" -> true;
      case "0", "0.0" -> false;
      default -> throw row.wrong(TARGET, "1 or 0");
    };
  }

  private static void requireNoBox(CsvRow row) throws IOException {
    for (String side : SIDES) {
      if (!row.text(side).isEmpty()) {
        throw row.wrong(side, "blank where " + TARGET + " is 0");
      }
    }
  }

  private static Map<String, String> classes(
      Path folder, Map<String, Rows> images, Warnings warnings) throws IOException {
    Map<String, String> classes = new HashMap<>();
    Path file = CsvTable.find(folder, CLASSES);
    if (file == null) {
      warnings.add("missing tables", folder + ": no " + CLASSES + "; only pneumonia is labelled");
      return classes;
    }
    try (CsvTable table = CsvTable.open(file, IMAGE, CLASS)) {
      for (CsvRow row = table.next(); row != null; row = table.next()) {
        String id = row.required(IMAGE);
        String kind =
            switch (row.text(CLASS)) {
              case OPACITY_CLASS -> OPACITY_CLASS;
              case OTHER_CLASS -> OTHER_CLASS;
              case NORMAL_CLASS -> NORMAL_CLASS;
              default ->
                  throw row.wrong(
                      CLASS, "'" + OPACITY_CLASS + "', '" + OTHER_CLASS + "' or 'Normal'");
            };
        String before = classes.putIfAbsent(id, kind);
        if (before != null && !before.equals(kind)) {
          throw row.wrong(CLASS, "'" + before + "' as in an earlier line of the same image");
        }
        Rows rows = images.get(id);
        if (rows == null) {
          warnings.add(
              "classes without an image", row.at() + ": image '" + id + "' is not in " + LABELS);
        } else if (rows.positive() != kind.equals(OPACITY_CLASS)) {
          warnings.add(
              "classes that contradict the target",
              row.at()
                  + ": image '"
                  + id
                  + "' is '"
                  + kind
                  + "' (expected: Lung Opacity where Target is 1, nowhere else)");
        }
      }
    }
    for (Map.Entry<String, Rows> image : images.entrySet()) {
      if (!classes.containsKey(image.getKey())) {
        warnings.add(
            "images without class", file + ": image '" + image.getKey() + "' is not in it");
      }
    }
    return classes;
  }

  @Override
  public DatasetWriter create(Path folder, WriteOptions options, FormatLosses losses)
      throws IOException {
    PixelEncoding encoding =
        options.encoding(
            "rsna", PixelEncoding.LOSSLESS, PixelEncoding.LOSSLESS, PixelEncoding.JPEG);
    return new RsnaWriter(folder, encoding, options, losses);
  }
}
