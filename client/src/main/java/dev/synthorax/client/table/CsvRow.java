package dev.synthorax.client.table;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * One row of a {@link CsvTable}, with errors that name file, line, column and value.
 *
 * <p><b>Threading:</b> immutable.
 */
public final class CsvRow {
  private static final Pattern DECIMAL_COMMA = Pattern.compile("[+-]?\\d*,\\d+");
  private static final String NUMBER = "a finite decimal number";

  private final Path file;
  private final long line;
  private final CSVRecord record;
  private final Map<String, Integer> columns;

  /**
   * @param columns where each is
   * @param width values that there must be; further ones must be blank
   */
  CsvRow(Path file, long line, CSVRecord record, Map<String, Integer> columns, int width)
      throws TableException {
    this.file = file;
    this.line = line;
    this.record = record;
    this.columns = columns;
    boolean blankRest = true;
    for (int i = width; i < record.size(); i++) {
      blankRest &= record.get(i).isBlank();
    }
    if (record.size() < width || !blankRest) {
      throw wrong(
          record.size()
              + " values (expected: "
              + width
              + (record.size() > width && hasNumberParts()
                  ? "; are there numbers with a comma for the point?)"
                  : ")"));
    }
  }

  /** Returns whether two whole numbers follow each other, as the two parts of {@code 0,85} do. */
  private boolean hasNumberParts() {
    for (int i = 1; i < record.size(); i++) {
      if (record.get(i - 1).strip().matches("-?\\d+") && record.get(i).strip().matches("\\d+")) {
        return true;
      }
    }
    return false;
  }

  /** Returns the line in the file on which the row starts; the header is line 1. */
  public int line() {
    return (int) line;
  }

  /** Returns the stripped value, empty where it is blank; the column must be there. */
  public String text(String column) {
    return record.get(index(column)).strip();
  }

  private int index(String column) {
    Integer index = columns.get(column);
    if (index == null) {
      throw new IllegalStateException(file + ": column '" + column + "' was not asked for");
    }
    return index;
  }

  /** Returns the value as it stands, for texts; the column must be there. */
  public String exact(String column) {
    return record.get(index(column));
  }

  /** Returns the stripped value, empty where it is blank or the table has no such column. */
  public String textOrEmpty(String column) {
    return columns.containsKey(column) ? text(column) : "";
  }

  /** Returns the value, which must not be blank. */
  public String required(String column) throws TableException {
    String value = text(column);
    if (value.isEmpty()) {
      throw wrong(column, "a value");
    }
    return value;
  }

  /** Returns the value as a number, or null where it is blank. */
  public @Nullable Double number(String column) throws TableException {
    String value = text(column);
    if (value.isEmpty()) {
      return null;
    }
    try {
      double number = new BigDecimal(value).doubleValue();
      if (Double.isFinite(number)) {
        return number;
      }
      throw wrong(column, NUMBER);
    } catch (NumberFormatException _) { // NaN and infinity too
      throw wrong(
          column,
          DECIMAL_COMMA.matcher(value).matches()
              ? "a point, not a comma: " + value.replace(',', '.')
              : NUMBER);
    }
  }

  /** Returns the value as a whole number ({@code 61} or {@code 61.0}), or null where blank. */
  public @Nullable Integer integer(String column) throws TableException {
    Double number = number(column);
    if (number == null) {
      return null;
    }
    if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
      throw wrong(column, "a whole number");
    }
    return number.intValue();
  }

  /**
   * Returns the value as a number, which must not be blank.
   *
   * @throws TableException if it is blank, no decimal number, NaN or infinite
   */
  public double requiredNumber(String column) throws TableException {
    Double number = number(column);
    if (number == null) {
      throw wrong(column, NUMBER);
    }
    return number;
  }

  /**
   * Returns a value that is 0 or 1.
   *
   * @throws TableException if it is anything else
   */
  public boolean flag(String column) throws TableException {
    return switch (text(column)) {
      case "1", "1.0" -> true;
      case "0", "0.0" -> false;
      default -> throw wrong(column, "0 or 1");
    };
  }

  /** Returns an error that names file, line, column and value. */
  public TableException wrong(String column, String expected) {
    return new TableException(
        file
            + ": line "
            + line
            + ": "
            + column
            + " '"
            + text(column)
            + "' (expected: "
            + expected
            + ")");
  }

  /** Returns an error that names file and line. */
  public TableException wrong(String problem) {
    return new TableException(at() + ": " + problem);
  }

  /** Returns {@code file: line n}, for messages. */
  public String at() {
    return file + ": line " + line;
  }
}
