package dev.synthorax.client.evaluation;

import dev.synthorax.client.metrics.LabelScores;
import dev.synthorax.client.metrics.TestScores;
import dev.synthorax.client.metrics.ValidationScores;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvRows;
import dev.synthorax.client.table.TableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A CSV of classifier scores: {@code image,patient,split,label,truth,score} and group columns, a
 * row for each image and label.
 *
 * @param path the file
 * @param validation scores of split validation; null where there are none
 * @param test scores of split test
 * @param groups groups of the images
 * @param patientOfImage the patient of each image
 * @param warnings what was left out or cannot be computed
 */
public record LabelScoreFile(
    Path path,
    @Nullable ValidationScores validation,
    TestScores test,
    ImageGroups groups,
    Map<String, String> patientOfImage,
    List<String> warnings) {
  private static final List<String> COLUMNS =
      List.of("image", "patient", "split", "label", "truth", "score");

  /** Copies map and list. */
  public LabelScoreFile {
    patientOfImage = Map.copyOf(patientOfImage);
    warnings = List.copyOf(warnings);
  }

  private enum Part {
    TRAIN,
    VALIDATION,
    TEST
  }

  /**
   * Reads a file.
   *
   * @throws TableException naming the row: a broken value, a label of an image given twice, a
   *     patient in two splits, or no test rows
   */
  public static LabelScoreFile read(Path path, List<String> groupColumns) throws IOException {
    CsvRows table = CsvRows.read(path);
    table.require("scores", COLUMNS);
    Map<String, Collected> validation = new LinkedHashMap<>();
    Map<String, Collected> test = new LinkedHashMap<>();
    Map<String, Part> partOfPatient = new HashMap<>();
    Map<String, Integer> rowOfPatient = new HashMap<>();
    Map<String, String> patientOfImage = new HashMap<>();
    long unused = 0;
    for (CsvRow row : table.rows()) {
      Part part = part(row);
      String patient = row.required("patient");
      Part before = partOfPatient.putIfAbsent(patient, part);
      if (before != null && before != part) {
        throw row.wrong(
            "patient",
            "a patient of one split; line "
                + rowOfPatient.get(patient)
                + " has the same in another than '"
                + row.text("split")
                + "'");
      }
      rowOfPatient.putIfAbsent(patient, row.line());
      String other = patientOfImage.putIfAbsent(row.required("image"), patient);
      if (other != null && !other.equals(patient)) {
        throw row.wrong(
            "patient",
            "'" + other + "', as in an earlier row of image '" + row.required("image") + "'");
      }
      switch (part) {
        case TRAIN -> unused++;
        case VALIDATION -> collect(validation, row);
        case TEST -> collect(test, row);
      }
    }
    if (test.isEmpty()) {
      throw new TableException(path + ": no row of split 'test' (expected: at least one)");
    }
    List<String> warnings = new ArrayList<>();
    if (unused > 0) {
      warnings.add(path + ": " + unused + " rows of split 'train' are not used");
    }
    if (validation.isEmpty()) {
      warnings.add(
          path
              + ": no rows of split 'validation': no thresholds are chosen, F1 is at a score of 0.5 only");
    }
    TestScores tested = new TestScores(labels(test));
    for (LabelScores label : tested.labels()) {
      if (!label.areProbabilities()) {
        warnings.add(
            "%s: label '%s': scores outside 0..1: no calibration, no F1 at 0.5"
                .formatted(path, label.label()));
      }
    }
    return new LabelScoreFile(
        path,
        validation.isEmpty() ? null : new ValidationScores(labels(validation)),
        tested,
        ImageGroups.of(table, groupColumns),
        patientOfImage,
        warnings);
  }

  private static Part part(CsvRow row) throws TableException {
    return switch (row.text("split")) {
      case "train" -> Part.TRAIN;
      case "val", "valid", "validate", "validation" -> Part.VALIDATION;
      case "test" -> Part.TEST;
      default -> throw row.wrong("split", "train, validation or test");
    };
  }

  private static void collect(Map<String, Collected> labels, CsvRow row) throws TableException {
    Collected label = labels.computeIfAbsent(row.required("label"), _ -> new Collected());
    String image = row.required("image");
    Integer before = label.rowOfImage.putIfAbsent(image, row.line());
    if (before != null) {
      throw row.wrong(
          "image", "each image once for a label and split; line " + before + " has it too");
    }
    label.truth.add(row.flag("truth"));
    label.scores.add(row.requiredNumber("score"));
  }

  private static List<LabelScores> labels(Map<String, Collected> collected) {
    List<LabelScores> labels = new ArrayList<>();
    collected.forEach((name, label) -> labels.add(label.toScores(name)));
    return labels;
  }

  private static final class Collected {
    private final Map<String, Integer> rowOfImage = new LinkedHashMap<>();
    private final List<Boolean> truth = new ArrayList<>();
    private final List<Double> scores = new ArrayList<>();

    LabelScores toScores(String name) {
      boolean[] flags = new boolean[truth.size()];
      for (int i = 0; i < flags.length; i++) {
        flags[i] = truth.get(i);
      }
      return LabelScores.of(
          name,
          List.copyOf(rowOfImage.keySet()),
          flags,
          scores.stream().mapToDouble(Double::doubleValue).toArray());
    }
  }
}
