package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.TableException;

/**
 * Where an image file is, and which row says so.
 *
 * @param file relative to the dataset's folder, with {@code /}
 * @param table the table's path, one string for all its rows
 * @param line the row's line in the table
 */
record Place(String file, String table, int line) {
  /** Returns the row, for messages. */
  String at() {
    return table + ": line " + line;
  }

  /**
   * Returns the box that a row describes, in pixels.
   *
   * @param sides the columns of left, top, width and height
   * @throws TableException if a value is missing, no number, or a size is not positive
   */
  static Box box(CsvRow row, String label, String... sides) throws TableException {
    double[] values = new double[4];
    for (int i = 0; i < values.length; i++) {
      Double value = row.number(sides[i]);
      if (value == null || (i > 1 && value <= 0)) {
        throw row.wrong(sides[i], i > 1 ? "a positive number" : "a number");
      }
      values[i] = value;
    }
    return new Box(label, values[0], values[1], values[2], values[3]);
  }
}
