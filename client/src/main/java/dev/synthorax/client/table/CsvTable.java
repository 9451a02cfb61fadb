package dev.synthorax.client.table;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * A CSV file with a header, read row by row: UTF-8 with or without byte order mark, plain or {@code
 * .gz}, every value stripped. A row has all named columns; further ones must be blank.
 *
 * <p><b>Ownership:</b> holds the open file; the caller closes.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class CsvTable implements AutoCloseable {
  private static final String GZ = ".gz";
  private static final Map<Character, String> OTHER_SEPARATORS =
      Map.of(';', "semicolons", '\t', "tabs", '|', "bars");

  private final Path file;
  private final CSVParser parser; // owned
  private final Iterator<CSVRecord> records;
  private final Map<String, Integer> columns;
  private final int width;

  private CsvTable(Path file, CSVParser parser, String... required) throws IOException {
    this.file = file;
    this.parser = parser;
    this.records = parser.iterator();
    CSVRecord header = read();
    if (header == null) {
      throw new TableException(file + " is empty (expected: a header line)");
    }
    columns = new LinkedHashMap<>();
    int named = 0;
    for (int i = 0; i < header.size(); i++) {
      String name = header.get(i).strip();
      if (i == 0 && name.startsWith("\uFEFF")) {
        name = name.substring(1).strip();
      }
      if (!name.isEmpty()) {
        named = i + 1;
        if (columns.put(name, i) != null) {
          throw new TableException(file + ": line 1: two columns '" + name + "' (expected: one)");
        }
      }
    }
    width = named;
    List<String> missing = new ArrayList<>(List.of(required));
    missing.removeAll(columns.keySet());
    if (required.length == 0 || !missing.isEmpty()) {
      requireCommas(String.join(",", header));
    }
    if (!missing.isEmpty()) {
      throw new TableException(
          file + ": no column " + quoted(missing) + " (found: " + quoted(columns.keySet()) + ")");
    }
  }

  private void requireCommas(String header) throws TableException {
    long commas = header.chars().filter(c -> c == ',').count();
    for (Map.Entry<Character, String> other : OTHER_SEPARATORS.entrySet()) {
      if (header.chars().filter(c -> c == other.getKey()).count() > commas) {
        throw new TableException(
            file
                + ": separated by "
                + other.getValue()
                + " (expected: commas; save the table as CSV with commas, and points in numbers)");
      }
    }
  }

  private static String quoted(Iterable<String> names) {
    List<String> quoted = new ArrayList<>();
    names.forEach(name -> quoted.add("'" + name + "'"));
    return String.join(", ", quoted);
  }

  /**
   * Opens a table.
   *
   * @param required columns that must be there; names are case-sensitive
   * @throws IOException if the file cannot be read, is no UTF-8, or lacks a column; the message
   *     lists the columns that it has
   */
  public static CsvTable open(Path file, String... required) throws IOException {
    InputStream bytes = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      InputStream text =
          file.getFileName().toString().endsWith(GZ) ? new GZIPInputStream(bytes, 1 << 16) : bytes;
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(
                  text,
                  StandardCharsets.UTF_8
                      .newDecoder()
                      .onMalformedInput(CodingErrorAction.REPORT)
                      .onUnmappableCharacter(CodingErrorAction.REPORT)),
              1 << 16);
      CSVFormat format = CSVFormat.DEFAULT.builder().setIgnoreEmptyLines(false).get();
      return new CsvTable(
          file, CSVParser.builder().setReader(reader).setFormat(format).get(), required);
    } catch (IOException | RuntimeException e) {
      bytes.close();
      if (e instanceof IOException io
          && (io.getMessage() == null || !io.getMessage().startsWith(file.toString()))) {
        throw new TableException(file + ": " + io.getMessage(), io);
      }
      throw e;
    }
  }

  /**
   * Returns {@code name} or {@code name.gz} in {@code folder}, whichever there is, the plain one
   * first, then those of the other names; null if there is none.
   */
  public static @Nullable Path find(Path folder, String name, String... others) {
    for (String candidate : names(name, others)) {
      Path file = folder.resolve(candidate);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    return null;
  }

  private static List<String> names(String name, String... others) {
    List<String> names = new ArrayList<>(List.of(name, name + GZ));
    for (String other : others) {
      names.add(other);
      names.add(other + GZ);
    }
    return names;
  }

  /** As {@link #find}, for a table that the format cannot do without. */
  public static Path require(Path folder, String name, String... others) throws IOException {
    Path file = find(folder, name, others);
    if (file == null) {
      throw new TableException(
          folder
              + ": no "
              + name
              + " (expected: "
              + String.join(" or ", names(name, others))
              + ")");
    }
    return file;
  }

  /**
   * Returns why {@code file} is no table with all these columns, or null where it is one or there
   * is no file.
   */
  public static @Nullable String problem(@Nullable Path file, String... columns) {
    if (file == null) {
      return null;
    }
    try {
      open(file, columns).close();
      return null;
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  /** Returns whether {@code file} is a table that can be read and has all these columns. */
  public static boolean hasColumns(@Nullable Path file, String... columns) {
    return file != null && problem(file, columns) == null; // whoever opens it is told why
  }

  /** Returns the file. */
  public Path file() {
    return file;
  }

  /** Returns the names of the columns, in order. */
  public Iterable<String> columns() {
    return Collections.unmodifiableSet(columns.keySet());
  }

  /** Returns whether there is a column of that name. */
  public boolean has(String column) {
    return columns.containsKey(column);
  }

  /**
   * Returns the next row, blank lines left out, or null after the last.
   *
   * @throws IOException if the file ends within quotes, or a row has too few or too many values
   */
  public @Nullable CsvRow next() throws IOException {
    while (true) {
      long line = parser.getCurrentLineNumber() + 1;
      CSVRecord record = read();
      if (record == null) {
        return null;
      }
      if (record.size() == 1 && record.get(0).isBlank()) {
        continue;
      }
      return new CsvRow(file, line, record, columns, width);
    }
  }

  private @Nullable CSVRecord read() throws IOException {
    try {
      return records.hasNext() ? records.next() : null;
    } catch (UncheckedIOException | IllegalStateException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String problem =
          cause instanceof CharacterCodingException
              ? "not UTF-8 (expected: save the table as UTF-8)"
              : "not a CSV: " + cause.getMessage();
      throw new TableException(
          file + ": after line " + parser.getCurrentLineNumber() + ": " + problem, e);
    }
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
