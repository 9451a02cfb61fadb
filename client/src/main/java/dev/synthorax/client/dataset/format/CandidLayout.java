package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.RunLengthCoding;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * CANDID-PTX: {@code Pneumothorax_reports.csv}, {@code chest_tube.csv}, {@code
 * acute_rib_fracture.csv} (or {@code Rib_fracture_mask_rle.csv}) and DICOM files in {@code
 * dataset/} that are named by their identifier, without extension; lungs and heart from a table of
 * CheXmask, {@code CANDID-PTX.csv} in this folder or in {@code CheXmask/}.
 *
 * <p>The patient is the start of {@code filename}, {@code P123_...}: no column names it. An image
 * under two patients belongs to neither: it is left out with a warning, so that no split can leak.
 * All rows of an image are joined. Of pneumothorax {@code -1} is absent and blank not known; an
 * image that the table of tubes or fractures does not list has none. A tube is a positive {@code
 * support_devices}; its absence says nothing of other devices. Sex, age and view come with the
 * pixels. Runs start at 0 ({@link RunLengthCoding#CANDID}).
 *
 * <p>Holds labels and masks of pneumothorax, rib fracture and chest tube, lungs and heart by
 * CheXmask, reports, sex, age, view, patients, studies. Drops other labels, boxes, splits, seeds,
 * attributes; refuses uncertain labels and positive ones without a mask. Ids are kept where they
 * are DICOM identifiers, else made from them.
 *
 * @see <a href="https://doi.org/10.1148/ryai.2021210136">Feng et al., CANDID-PTX</a>
 */
final class CandidLayout implements Layout {
  static final String REPORTS = "Pneumothorax_reports.csv";
  static final String TUBES = "chest_tube.csv";
  static final String FRACTURES = "acute_rib_fracture.csv";
  private static final String OTHER_FRACTURES = "Rib_fracture_mask_rle.csv";
  static final String IMAGES = "dataset";
  static final String CHEXMASK_FOLDER = "CheXmask";
  static final String CHEXMASK = "CANDID-PTX.csv";
  static final String HEADER = "SOPInstanceUID,StudyInstanceUID,EncodedPixels,Report,filename";
  static final String OUTLINE_HEADER = "anon_SOPUID,annotation,mask_rle";
  static final String PNEUMOTHORAX = "pneumothorax";
  static final String FRACTURE = "fracture";
  static final String DEVICES = "support_devices";

  private static final String IMAGE = "SOPInstanceUID";
  private static final String STUDY = "StudyInstanceUID";
  private static final String RUNS = "EncodedPixels";
  private static final String REPORT = "Report";
  private static final String FILE = "filename";
  private static final String OUTLINED = "anon_SOPUID";
  private static final String OUTLINE = "mask_rle";
  private static final Pattern PATIENT = Pattern.compile("(P[^_]+)_.*");

  /** An image, and what only the table of reports says of it. */
  private static final class Study {
    final OutlinedImage outlines;
    final String patient;
    String studyId = "";
    String report = "";
    boolean otherPatient;

    Study(OutlinedImage outlines, String patient) {
      this.outlines = outlines;
      this.patient = patient;
    }
  }

  @Override
  public String looksFor() {
    return REPORTS;
  }

  @Override
  public boolean matches(Path folder) {
    return CsvTable.find(folder, REPORTS) != null;
  }

  @Override
  public Set<FormatOption> options() {
    return EnumSet.of(FormatOption.CHEXMASK, FormatOption.MIN_RCA_MEAN, FormatOption.JPEG_QUALITY);
  }

  @Override
  public Dataset open(Path folder, ReadOptions options) throws IOException {
    Path file = CsvTable.require(folder, REPORTS);
    Warnings warnings = new Warnings();
    Map<String, Study> studies = reports(file, warnings);
    studies.values().removeIf(study -> study.otherPatient);
    outlines(folder, TUBES, TUBES, Structure.CHEST_TUBE, studies, warnings);
    outlines(folder, FRACTURES, OTHER_FRACTURES, Structure.RIB_FRACTURE, studies, warnings);
    FileIndex files = FileIndex.of(folder, List.of(folder.resolve(IMAGES)));
    TableDataset.Builder<DicomFiles.Entry> dataset =
        new TableDataset.Builder<>("candid-ptx", FileLoader.ofDicom(folder, options), warnings);
    String name = file.toString();
    for (Study study : studies.values()) {
      String id = study.outlines.id();
      int line = study.outlines.line();
      String at = name + ": line " + line;
      String path = files.find(id);
      if (path == null) {
        path = IMAGES + "/" + id;
      }
      dataset.add(info(study), study.outlines.entry(new Place(path, name, line)), at);
    }
    files.reportUnused(name, warnings);
    CheXmaskTable.attach(cheXmask(folder, options), dataset, options, warnings);
    return dataset.build(name);
  }

  private static Map<String, Study> reports(Path file, Warnings warnings) throws IOException {
    Map<String, Study> studies = new LinkedHashMap<>();
    String name = file.toString();
    try (CsvTable table = CsvTable.open(file, IMAGE, RUNS, FILE)) {
      for (CsvRow row = table.next(); row != null; row = table.next()) {
        String id = row.required(IMAGE);
        String patient = patient(row);
        Study study =
            studies.computeIfAbsent(id, key -> new Study(new OutlinedImage(key), patient));
        if (!study.patient.equals(patient) && !study.otherPatient) {
          study.otherPatient = true;
          warnings.add(
              "images under two patients",
              row.at()
                  + ": image '"
                  + id
                  + "' is of patient '"
                  + patient
                  + "', in line "
                  + study.outlines.line()
                  + " of '"
                  + study.patient
                  + "' (expected: one patient); it is left out");
        }
        if (row.text(RUNS).isEmpty()) {
          study.outlines.at(row);
        } else {
          study.outlines.add(
              name, row, RUNS, RunLengthCoding.CANDID, Structure.PNEUMOTHORAX, warnings);
        }
        if (study.studyId.isEmpty()) {
          study.studyId = row.textOrEmpty(STUDY);
        }
        if (study.report.isEmpty() && table.has(REPORT)) {
          study.report = row.exact(REPORT);
        }
      }
    }
    return studies;
  }

  private static String patient(CsvRow row) throws IOException {
    Matcher matcher = PATIENT.matcher(row.required(FILE));
    if (!matcher.matches()) {
      throw row.wrong(FILE, "P, the patient, an underscore: P123_...");
    }
    return matcher.group(1);
  }

  private static void outlines(
      Path folder,
      String tableName,
      String otherName,
      Structure structure,
      Map<String, Study> studies,
      Warnings warnings)
      throws IOException {
    Path file = CsvTable.find(folder, tableName);
    if (file == null) {
      file = CsvTable.find(folder, otherName);
    }
    if (file == null) {
      warnings.add(
          "missing tables",
          folder + ": no " + tableName + "; no image has a mask of " + structure.wireName());
      return;
    }
    String name = file.toString();
    try (CsvTable table = CsvTable.open(file, OUTLINED, OUTLINE)) {
      for (CsvRow row = table.next(); row != null; row = table.next()) {
        String id = row.required(OUTLINED);
        row.required(OUTLINE);
        Study study = studies.get(id);
        if (study == null) {
          warnings.add(
              "outlines without an image",
              row.at() + ": image '" + id + "' is not in " + REPORTS + ", or left out");
        } else {
          study.outlines.add(name, row, OUTLINE, RunLengthCoding.CANDID, structure, warnings);
        }
      }
    }
    for (Study study : studies.values()) {
      study.outlines.addAbsent(structure, name);
    }
  }

  private static @Nullable Path cheXmask(Path folder, ReadOptions options) {
    Path asked = options.cheXmask();
    if (asked != null) {
      return asked;
    }
    for (Path place : List.of(folder, folder.resolve(CHEXMASK_FOLDER))) {
      Path found = Files.isDirectory(place) ? CsvTable.find(place, CHEXMASK) : null;
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static ImageInfo info(Study study) {
    OutlinedImage outlines = study.outlines;
    ImageInfo.Builder info =
        ImageInfo.builder(outlines.id())
            .patientId(study.patient)
            .studyId(study.studyId.isEmpty() ? outlines.id() : study.studyId)
            .text(study.report);
    if (outlines.has(Structure.PNEUMOTHORAX)) {
      info.label(PNEUMOTHORAX, label(outlines, Structure.PNEUMOTHORAX));
    }
    if (outlines.has(Structure.RIB_FRACTURE)) {
      info.label(FRACTURE, label(outlines, Structure.RIB_FRACTURE));
    }
    if (outlines.isPositive(Structure.CHEST_TUBE)) {
      info.label(DEVICES, Label.POSITIVE);
    }
    return info.build();
  }

  private static Label label(OutlinedImage outlines, Structure structure) {
    return outlines.isPositive(structure) ? Label.POSITIVE : Label.NEGATIVE;
  }

  @Override
  public DatasetWriter create(Path folder, WriteOptions options, FormatLosses losses)
      throws IOException {
    PixelEncoding encoding =
        options.encoding(
            "candid-ptx", PixelEncoding.LOSSLESS, PixelEncoding.LOSSLESS, PixelEncoding.JPEG);
    return new CandidWriter(folder, encoding, options, losses);
  }
}
