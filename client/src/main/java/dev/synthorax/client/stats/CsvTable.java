package dev.synthorax.client.stats;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A CSV file with a header line, as text; every complaint names file, row (1-based line) and value.
 *
 * <p>UTF-8 with or without byte order mark; blanks around cells are dropped, empty lines skipped.
 */
public final class CsvTable {
  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT
          .builder()
          .setIgnoreEmptyLines(true)
          .setIgnoreSurroundingSpaces(true)
          .setTrim(true)
          .get();

  private final String file;
  private final Map<String, Integer> columns;
  private final List<String> header;
  private final List<Row> rows;

  private CsvTable(String file, List<String> header) throws TableException {
    this.file = file;
    this.header = List.copyOf(header);
    this.columns = new HashMap<>();
    this.rows = new ArrayList<>();
    for (String column : header) {
      if (columns.put(column, columns.size()) != null) {
        throw new TableException(
            file + ": row 1: column '" + column + "' twice (expected: every column once)");
      }
    }
  }

  /**
   * Reads a whole file.
   *
   * @throws TableException if it is empty, is no UTF-8 CSV, or a row has not one cell for each
   *     column
   * @throws IOException if it cannot be read
   */
  public static CsvTable read(Path path) throws IOException {
    String file = path.toString();
    try (Reader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8);
        CSVParser parser = FORMAT.parse(reader)) {
      CsvTable table = null;
      for (CSVRecord record : parser) {
        List<String> cells = new ArrayList<>(record.toList());
        if (table == null) {
          cells.set(0, withoutByteOrderMark(cells.getFirst()));
          table = new CsvTable(file, cells);
        } else {
          table.add(parser.getCurrentLineNumber(), cells);
        }
      }
      if (table == null || table.rows.isEmpty()) {
        throw new TableException(file + ": no rows (expected: a header line and rows below it)");
      }
      return table;
    } catch (UncheckedIOException | IllegalStateException e) { // what the parser's iterator throws
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String problem =
          cause instanceof CharacterCodingException
              ? "not UTF-8 text (expected: a CSV in UTF-8)"
              : "not a CSV: " + cause.getMessage();
      throw (IOException) new TableException(file + ": " + problem).initCause(e);
    }
  }

  private static String withoutByteOrderMark(String cell) {
    return cell.startsWith("\uFEFF") ? cell.substring(1).strip() : cell;
  }

  private void add(long line, List<String> cells) throws TableException {
    if (cells.size() != header.size()) {
      throw new TableException(
          "%s: row %d: %d cells (expected: %d, one for each column of %s)"
              .formatted(file, line, cells.size(), header.size(), String.join(",", header)));
    }
    rows.add(new Row(line, cells));
  }

  /** Returns the file's name as it was given. */
  public String file() {
    return file;
  }

  /** Returns the columns in their order. */
  public List<String> columns() {
    return header;
  }

  /** Returns whether there is such a column. */
  public boolean has(String column) {
    return columns.containsKey(column);
  }

  /** Returns the rows in their order, at least one. */
  public List<Row> rows() {
    return List.copyOf(rows);
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
                + ": row 1: no column '"
                + column
                + "' in '"
                + String.join(",", header)
                + "' (expected: "
                + String.join(",", wanted)
                + " for "
                + purpose
                + ")");
      }
    }
  }

  /** One row. */
  public final class Row {
    private final long line;
    private final List<String> cells;

    private Row(long line, List<String> cells) {
      this.line = line;
      this.cells = List.copyOf(cells);
    }

    /** Returns the 1-based line in the file. */
    public long line() {
      return line;
    }

    /**
     * Returns a cell that must not be empty.
     *
     * @throws TableException if it is
     */
    public String text(String column) throws TableException {
      String cell = cell(column);
      if (cell.isEmpty()) {
        throw problem(column, "a value; fill it in or remove the row");
      }
      return cell;
    }

    /** Returns a cell, which may be empty. */
    public String cell(String column) {
      Integer index = columns.get(column);
      if (index == null) {
        throw new IllegalArgumentException("column: " + column + " (expected: " + header + ")");
      }
      return cells.get(index);
    }

    /**
     * Returns a cell as a number.
     *
     * @throws TableException if it is empty, no decimal number, NaN or infinite
     */
    public double number(String column) throws TableException {
      double value;
      try {
        value = new BigDecimal(cell(column)).doubleValue();
      } catch (NumberFormatException _) {
        throw problem(column, "a finite decimal number; correct or remove the row");
      }
      if (!Double.isFinite(value)) {
        throw problem(column, "a finite decimal number; correct or remove the row");
      }
      return value;
    }

    /**
     * Returns a cell that is 0 or 1.
     *
     * @throws TableException if it is anything else
     */
    public boolean flag(String column) throws TableException {
      return switch (cell(column)) {
        case "1", "1.0" -> true;
        case "0", "0.0" -> false;
        default -> throw problem(column, "0 or 1");
      };
    }

    /** Returns the complaint that a cell is not what was expected. */
    public TableException problem(String column, String expected) {
      return new TableException(
          "%s: row %d: %s: '%s' (expected: %s)"
              .formatted(file, line, column, cell(column), expected));
    }
  }
}
