package dev.synthorax.client.table;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole CSV in memory, for tables of scores.
 *
 * <p><b>Threading:</b> immutable.
 */
public final class CsvRows {
  private final String file;
  private final List<String> columns;
  private final List<CsvRow> rows;

  private CsvRows(String file, List<String> columns, List<CsvRow> rows) {
    this.file = file;
    this.columns = columns;
    this.rows = List.copyOf(rows);
  }

  /**
   * Reads a whole file.
   *
   * @throws TableException if it has no rows, is no UTF-8 CSV, or a row has not one value for each
   *     column
   * @throws IOException if it cannot be read
   */
  public static CsvRows read(Path path) throws IOException {
    try (CsvTable table = CsvTable.open(path)) {
      List<CsvRow> rows = new ArrayList<>();
      for (CsvRow row = table.next(); row != null; row = table.next()) {
        rows.add(row);
      }
      if (rows.isEmpty()) {
        throw new TableException(path + ": no rows (expected: a header line and rows below it)");
      }
      List<String> columns = new ArrayList<>();
      table.columns().forEach(columns::add);
      return new CsvRows(path.toString(), List.copyOf(columns), rows);
    }
  }

  /** Returns the file's name as it was given. */
  public String file() {
    return file;
  }

  /** Returns the columns in their order. */
  public List<String> columns() {
    return columns;
  }

  /** Returns whether there is such a column. */
  public boolean has(String column) {
    return columns.contains(column);
  }

  /** Returns the rows in their order, at least one. */
  public List<CsvRow> rows() {
    return rows;
  }

  /**
   * Asks for columns.
   *
   * @param purpose what the file is, for the message
   * @throws TableException naming the first that is missing
   */
  public void require(String purpose, List<String> wanted) throws TableException {
    for (String column : wanted) {
      if (!has(column)) {
        throw new TableException(
            file
                + ": line 1: no column '"
                + column
                + "' in '"
                + String.join(",", columns)
                + "' (expected: "
                + String.join(",", wanted)
                + " for "
                + purpose
                + ")");
      }
    }
  }
}
