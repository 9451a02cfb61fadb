package dev.synthorax.client.evaluation;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.metrics.LabelScores;
import dev.synthorax.client.metrics.MaskMetric;
import dev.synthorax.client.storage.WholeFile;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvRows;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * A CSV with the scores of several arms, image by image, which {@code stats compare} reads: an arm
 * is added to those that are there.
 *
 * @param file the CSV
 * @param arm name of the arm that is added
 */
public record ArmScores(Path file, String arm) {
  /** Column of the patient, whose images belong together. */
  public static final String PATIENT = "patient";

  private static final List<String> MASKS = List.of("arm", PATIENT, "image", "metric", "value");
  private static final List<String> STRUCTURES =
      List.of("arm", PATIENT, "image", "task", "metric", "value");
  private static final List<String> PREDICTIONS =
      List.of("arm", PATIENT, "image", "task", "truth", "score");

  /** Refuses nulls. */
  public ArmScores {
    requireNonNull(file, "file");
    requireNonNull(arm, "arm");
  }

  /**
   * Adds a row for each mask and metric that has a finite value; a structure is the task.
   *
   * @param patients of the images; null: those of the data set
   * @return the number of values that are infinite or undefined and have no row
   * @throws IOException if the file has other columns, or the arm already
   */
  public int appendMasks(List<MaskTable.Measured> measured, @Nullable ImageGroups patients)
      throws IOException {
    boolean structures = measured.stream().noneMatch(mask -> mask.structure().isEmpty());
    List<List<Object>> rows = new ArrayList<>();
    int without = 0;
    for (MaskTable.Measured mask : measured) {
      String patient =
          patients != null
              ? patients.groupOf(mask.image(), PATIENT)
              : mask.patient() == null ? "" : mask.patient();
      for (MaskMetric metric : MaskMetric.values()) {
        double value = metric.of(mask.scores());
        if (Double.isFinite(value)) {
          List<Object> row = new ArrayList<>(List.of(arm, patient, mask.image()));
          row.addAll(structures ? List.of(mask.structure()) : List.of());
          row.addAll(List.of(metric.wireName(), value));
          rows.add(row);
        } else {
          without++;
        }
      }
    }
    append(structures ? STRUCTURES : MASKS, rows);
    return without;
  }

  /**
   * Adds a row for each test image and label; the label is the task.
   *
   * @throws IOException if the file has other columns, or the arm already
   */
  public void appendPredictions(LabelScoreFile scores) throws IOException {
    List<List<Object>> rows = new ArrayList<>();
    for (LabelScores label : scores.test().labels()) {
      for (int i = 0; i < label.size(); i++) {
        String image = label.images().get(i);
        rows.add(
            List.of(
                arm,
                scores.patientOfImage().getOrDefault(image, ""),
                image,
                label.label(),
                label.isPositive(i) ? 1 : 0,
                label.score(i)));
      }
    }
    append(PREDICTIONS, rows);
  }

  private void append(List<String> header, List<List<Object>> rows) throws IOException {
    String before = "";
    if (Files.exists(file)) {
      CsvRows table = CsvRows.read(file);
      if (!table.columns().equals(header)) {
        throw new IOException(
            "%s: columns '%s' (expected: %s, to add to; or a new file)"
                .formatted(file, String.join(",", table.columns()), String.join(",", header)));
      }
      for (CsvRow row : table.rows()) {
        if (row.required("arm").equals(arm)) {
          throw row.wrong("arm", "another arm than --arm; it is in the file already");
        }
      }
      before = Files.readString(file);
    }
    StringWriter text = new StringWriter();
    text.write(before);
    text.write(before.isEmpty() || before.endsWith("\n") ? "" : "\n");
    try (CSVPrinter printer =
        new CSVPrinter(text, CSVFormat.DEFAULT.builder().setRecordSeparator("\n").get())) {
      if (before.isEmpty()) {
        printer.printRecord(header);
      }
      for (List<Object> row : rows) {
        printer.printRecord(row);
      }
    }
    byte[] all = text.toString().getBytes(StandardCharsets.UTF_8);
    WholeFile.replace(file, out -> out.write(all));
  }
}
