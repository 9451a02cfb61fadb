package dev.synthorax.client.dataset.format;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * Writes a CSV file: UTF-8, line ends {@code \n}, quotes only where needed; compressed when its
 * name ends in {@code .gz}.
 *
 * <p><b>Ownership:</b> the caller closes.
 */
final class TableWriter implements AutoCloseable {
  private final CSVPrinter printer; // owned

  private TableWriter(CSVPrinter printer) {
    this.printer = printer;
  }

  /**
   * Starts a table.
   *
   * @param file must not exist
   * @param header the first line as it stands, since those of some datasets are no proper CSV
   */
  static TableWriter open(Path file, String header) throws IOException {
    TableWriter table = open(file);
    table.line(header);
    return table;
  }

  /** Starts a table without a header. */
  static TableWriter open(Path file) throws IOException {
    boolean gz = file.getFileName().toString().endsWith(".gz");
    var bytes =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      var writer =
          new BufferedWriter(
              new OutputStreamWriter(
                  gz ? new GZIPOutputStream(bytes) : bytes, StandardCharsets.UTF_8));
      return new TableWriter(
          new CSVPrinter(writer, CSVFormat.DEFAULT.builder().setRecordSeparator("\n").get()));
    } catch (IOException | RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  private void line(String line) throws IOException {
    printer.getOut().append(line).append('\n');
  }

  /** Writes one row; null becomes blank. */
  void row(@Nullable Object... values) throws IOException {
    printer.printRecord(values);
  }

  /** Writes one row. */
  void row(List<?> values) throws IOException {
    printer.printRecord(values);
  }

  @Override
  public void close() throws IOException {
    printer.close();
  }
}
