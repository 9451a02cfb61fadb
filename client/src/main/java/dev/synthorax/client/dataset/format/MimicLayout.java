package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * MIMIC-CXR-JPG: {@code files/p10/p10000032/s50414267/<dicom_id>.jpg}, and tables, plain or {@code
 * .gz}: {@code mimic-cxr-2.0.0-metadata.csv} (one row an image), {@code -chexpert.csv} or {@code
 * -negbio.csv} (labels, one row a study, joined on subject and study) and {@code -split.csv}.
 *
 * <p>The id is the DICOM id, the patient {@code p<subject>}, the study {@code s<study>}. The view
 * is ViewPosition; {@link View#isFrontal} is what the field calls frontal. Sex and age are in
 * MIMIC-IV, not here.
 *
 * <p>Holds the 14 labels of CheXpert, of a study as a whole, view and split. Drops masks, boxes,
 * texts, seeds, attributes, sex and age; pixels go through JPEG. Ids of patients and studies are
 * kept where they are MIMIC's own, else numbered.
 *
 * @see <a href="https://physionet.org/content/mimic-cxr-jpg/2.1.0/">MIMIC-CXR-JPG 2.1.0</a>
 */
final class MimicLayout implements Layout {
  static final String METADATA = "mimic-cxr-2.0.0-metadata.csv";
  static final String SPLIT = "mimic-cxr-2.0.0-split.csv";
  static final String LABELS = "mimic-cxr-2.0.0-%s.csv";
  static final String DICOM = "dicom_id";
  static final String SUBJECT = "subject_id";
  static final String STUDY = "study_id";
  static final String VIEW = "ViewPosition";
  private static final String SPLIT_COLUMN = "split";

  @Override
  public String looksFor() {
    return METADATA + "(.gz)";
  }

  @Override
  public boolean matches(Path folder) {
    return CsvTable.find(folder, METADATA) != null;
  }

  @Override
  public Set<FormatOption> options() {
    return EnumSet.of(
        FormatOption.CHEXMASK,
        FormatOption.MIN_RCA_MEAN,
        FormatOption.LABELER,
        FormatOption.JPEG_QUALITY);
  }

  /** The labels of one study, and whether an image was found for them. */
  private record Labelled(Map<String, Label> labels, String at) {}

  private record Study(int subject, int study) {}

  @Override
  public Dataset open(Path folder, ReadOptions options) throws IOException {
    Warnings warnings = new Warnings();
    ImageRoot root = ImageRoot.of(folder);
    TableDataset.Builder<DicomFiles.Entry> dataset =
        new TableDataset.Builder<>(
            "mimic-cxr-jpg", FileLoader.ofPictures(root::resolve, options), warnings);
    Path labelFile = CsvTable.require(folder, LABELS.formatted(options.labeler().wireName()));
    Map<Study, Labelled> labels = labels(labelFile, dataset);
    Map<String, Split> splits = splits(folder, warnings);
    Set<Study> seen = new HashSet<>();
    Path file = CsvTable.require(folder, METADATA);
    String name = file.toString();
    try (CsvTable table = CsvTable.open(file, DICOM, SUBJECT, STUDY, VIEW)) {
      for (CsvRow row = table.next(); row != null; row = table.next()) {
        String id = row.required(DICOM);
        Study study = study(row);
        seen.add(study);
        Labelled labelled = labels.get(study);
        if (labelled == null) {
          warnings.add(
              "images without labels",
              row.at()
                  + ": study "
                  + study.study()
                  + " of subject "
                  + study.subject()
                  + " is not in "
                  + labelFile
                  + "; no labels");
        }
        Split split = splits.get(id);
        if (split == null && !splits.isEmpty()) {
          warnings.add("images without split", row.at() + ": image '" + id + "' is in no split");
        }
        String view = row.text(VIEW);
        ImageInfo info =
            ImageInfo.builder(id)
                .patientId("p" + study.subject())
                .studyId("s" + study.study())
                .view(view.isEmpty() ? null : View.ofName(view))
                .split(split)
                .labels(labelled == null ? Map.of() : labelled.labels())
                .build();
        Place place = new Place(path(study, id), name, row.line());
        root.offer(place.file());
        dataset.add(info, DicomFiles.Entry.of(place), row.at());
      }
    }
    for (Map.Entry<Study, Labelled> entry : labels.entrySet()) {
      if (!seen.contains(entry.getKey())) {
        warnings.add(
            "labels without an image",
            entry.getValue().at() + ": study " + entry.getKey().study() + " has no image");
      }
    }
    CheXmaskTable.attach(options.cheXmask(), dataset, options, warnings);
    return dataset.build(name);
  }

  static String path(int subject, int study, String id) {
    String patient = "p" + subject;
    return "files/"
        + patient.substring(0, Math.min(3, patient.length()))
        + "/"
        + patient
        + "/s"
        + study
        + "/"
        + id
        + ".jpg";
  }

  private static String path(Study study, String id) {
    return path(study.subject(), study.study(), id);
  }

  private static Study study(CsvRow row) throws IOException {
    return new Study(number(row, SUBJECT), number(row, STUDY));
  }

  private static int number(CsvRow row, String column) throws IOException {
    Integer number = row.integer(column);
    if (number == null || number < 0) {
      throw row.wrong(column, "a number, as in 10000032");
    }
    return number;
  }

  private static Map<Study, Labelled> labels(Path file, TableDataset.Builder<?> dataset)
      throws IOException {
    Map<Study, Labelled> labels = new LinkedHashMap<>();
    try (CsvTable table = CsvTable.open(file, SUBJECT, STUDY)) {
      if (Vocabulary.CHEXPERT.names().stream().noneMatch(table::has)) {
        throw new IOException(
            file + ": no column of a finding (expected: " + Vocabulary.CHEXPERT.names() + ")");
      }
      for (CsvRow row = table.next(); row != null; row = table.next()) {
        ImageInfo.Builder info = ImageInfo.builder("labels");
        Vocabulary.CHEXPERT.read(table, row, info);
        Labelled labelled = new Labelled(dataset.intern(info.build().labels()), row.at());
        if (labels.put(study(row), labelled) != null) {
          throw row.wrong(STUDY, "every study once");
        }
      }
    }
    return labels;
  }

  private static Map<String, Split> splits(Path folder, Warnings warnings) throws IOException {
    Map<String, Split> splits = new HashMap<>();
    @Nullable Path file = CsvTable.find(folder, SPLIT);
    if (file == null) {
      warnings.add("split", folder + ": no " + SPLIT + "; the images have no split");
      return splits;
    }
    try (CsvTable table = CsvTable.open(file, DICOM, SUBJECT, STUDY, SPLIT_COLUMN)) {
      for (CsvRow row = table.next(); row != null; row = table.next()) {
        Split split;
        try {
          split = Split.ofWireName(row.text(SPLIT_COLUMN));
        } catch (IllegalArgumentException e) {
          throw row.wrong(SPLIT_COLUMN, "train, validate or test");
        }
        if (splits.put(row.required(DICOM), split) != null) {
          throw row.wrong(DICOM, "every image once");
        }
      }
    }
    return splits;
  }

  @Override
  public DatasetWriter create(Path folder, WriteOptions options, FormatLosses losses)
      throws IOException {
    options.encoding("mimic-cxr-jpg", PixelEncoding.JPEG, PixelEncoding.JPEG);
    return new MimicWriter(folder, options, losses);
  }
}
