package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DicomFiles.Outline;
import dev.synthorax.client.image.PackedRuns;
import dev.synthorax.client.image.RunLengthCoding;
import dev.synthorax.client.table.CsvRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the rows of one image say of its outlines; one thread. */
final class OutlinedImage {
  private final String id;
  private final List<Outline> outlines = new ArrayList<>(1);
  private int line;

  OutlinedImage(String id) {
    this.id = id;
  }

  String id() {
    return id;
  }

  /** Returns the line of the first row. */
  int line() {
    return line;
  }

  /** Notes the line of a row that has no outline. */
  void at(CsvRow row) {
    if (line == 0) {
      line = row.line();
    }
  }

  /**
   * Adds the runs of one row of {@code table}. A row without pixels beside rows with some is warned
   * about: the image has the structure.
   */
  void add(
      String table,
      CsvRow row,
      String column,
      RunLengthCoding coding,
      Structure structure,
      Warnings warnings)
      throws IOException {
    at(row);
    PackedRuns runs = CheXmaskTable.parse(coding, row, column);
    if (has(structure) && isPositive(structure) == runs.isEmpty()) {
      warnings.add(
          "images with and without " + structure.wireName(),
          row.at()
              + ": image '"
              + id
              + "' has rows with and without "
              + structure.wireName()
              + " (expected: one or the other; it is taken to have it)");
    }
    outlines.add(new Outline(structure, runs, table, row.line()));
  }

  /** Says that {@code structure} was looked for and is absent, unless there is an outline of it. */
  void addAbsent(Structure structure, String table) {
    if (!has(structure)) {
      outlines.add(new Outline(structure, PackedRuns.EMPTY, table, 0));
    }
  }

  boolean has(Structure structure) {
    return outlines.stream().anyMatch(outline -> outline.structure() == structure);
  }

  boolean isPositive(Structure structure) {
    return outlines.stream()
        .anyMatch(outline -> outline.structure() == structure && !outline.runs().isEmpty());
  }

  DicomFiles.Entry entry(Place place) {
    return new DicomFiles.Entry(place, List.copyOf(outlines), null);
  }
}
