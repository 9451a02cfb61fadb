package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The findings that a dataset labels, under its own names and under the canonical ones. */
final class Vocabulary {
  /** The 14 columns of CheXpert and MIMIC-CXR-JPG, in CheXpert's order. */
  static final Vocabulary CHEXPERT =
      of(
          "No Finding",
          "Enlarged Cardiomediastinum",
          "Cardiomegaly",
          "Lung Opacity",
          "Lung Lesion",
          "Edema",
          "Consolidation",
          "Pneumonia",
          "Atelectasis",
          "Pneumothorax",
          "Pleural Effusion",
          "Pleural Other",
          "Fracture",
          "Support Devices");

  /** The 14 findings of NIH ChestX-ray14 and {@code No Finding}. */
  static final Vocabulary NIH =
      of(
          "No Finding",
          "Atelectasis",
          "Cardiomegaly",
          "Consolidation",
          "Edema",
          "Effusion",
          "Emphysema",
          "Fibrosis",
          "Hernia",
          "Infiltration",
          "Mass",
          "Nodule",
          "Pleural_Thickening",
          "Pneumonia",
          "Pneumothorax");

  private final Map<String, String> labels;
  private final Map<String, String> names;

  private Vocabulary(Map<String, String> labels, Map<String, String> names) {
    this.labels = labels;
    this.names = names;
  }

  private static Vocabulary of(String... names) {
    Map<String, String> labels = new LinkedHashMap<>();
    Map<String, String> back = new LinkedHashMap<>();
    for (String name : names) {
      String label = canonical(name);
      labels.put(name, label);
      back.put(label, name);
    }
    return new Vocabulary(Collections.unmodifiableMap(labels), Collections.unmodifiableMap(back));
  }

  private static String canonical(String name) {
    return name.equals("Effusion")
        ? "pleural_effusion"
        : name.toLowerCase(Locale.ROOT).replace(' ', '_');
  }

  /** Returns the dataset's names, in its order. */
  List<String> names() {
    return List.copyOf(labels.keySet());
  }

  /** Returns the canonical labels, in the dataset's order. */
  List<String> labels() {
    return List.copyOf(labels.values());
  }

  /** Returns the canonical label of one of the dataset's names, null for other names. */
  @Nullable String label(String name) {
    return labels.get(name);
  }

  /** Returns the dataset's name of a canonical label, null if it has none. */
  @Nullable String name(String label) {
    return names.get(label);
  }

  /** Reports the labels of {@code sample} that this vocabulary has no word for. */
  void reportOthers(Sample sample, FormatLosses losses) {
    List<String> others = new ArrayList<>(sample.info().labels().keySet());
    others.removeAll(names.keySet());
    losses.drop(sample, "labels of", others);
  }

  /**
   * Reads the columns of this vocabulary that the table has: {@code 1}, {@code 0}, {@code -1} with
   * or without {@code .0}, blank for not mentioned.
   *
   * @throws IOException if a value is another one; the message names it
   */
  void read(CsvTable table, CsvRow row, ImageInfo.Builder info) throws IOException {
    for (Map.Entry<String, String> entry : labels.entrySet()) {
      if (table.has(entry.getKey())) {
        Label label = read(row, entry.getKey());
        if (label != null) {
          info.label(entry.getValue(), label);
        }
      }
    }
  }

  /** Reads one label as {@link #read(CsvTable, CsvRow, ImageInfo.Builder)} does; null: blank. */
  static @Nullable Label read(CsvRow row, String column) throws IOException {
    return switch (row.text(column)) {
      case "" -> null;
      case "1.0", "1" -> Label.POSITIVE;
      case "0.0", "0" -> Label.NEGATIVE;
      case "-1.0", "-1" -> Label.UNCERTAIN;
      default -> throw row.wrong(column, "1, 0, -1 or blank");
    };
  }

  /** Returns what {@link #read} reads back: {@code 1.0}, {@code 0.0}, {@code -1.0} or nothing. */
  static String write(@Nullable Label label) {
    if (label == null) {
      return "";
    }
    return switch (label) {
      case POSITIVE -> "1.0";
      case NEGATIVE -> "0.0";
      case UNCERTAIN -> "-1.0";
    };
  }
}
