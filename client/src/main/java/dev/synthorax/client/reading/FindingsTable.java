package dev.synthorax.client.reading;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.proto.v1.Classification;
import dev.synthorax.proto.v1.ClassificationSpec;
import dev.synthorax.proto.v1.ClassifiedFinding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * A table of findings, a line for each film and finding, with the columns {@code image}, {@code
 * label} and {@code score} by the names that {@code metrics classification} reads.
 *
 * <p><b>Ownership:</b> owns its file. <b>Threading:</b> one thread; {@link #classify} from any.
 */
public final class FindingsTable implements AutoCloseable {
  private static final List<String> COLUMNS =
      List.of("image", "label", "score", "present", "threshold", "model", "version");

  private final Path file;
  private @Nullable CSVPrinter table; // owned; null until there is a line

  /** A table in a file, which is made, or replaced, once there is a line for it. */
  public FindingsTable(Path file) {
    this.file = requireNonNull(file, "file");
  }

  /**
   * Has a film classified.
   *
   * @param spec what is asked of it, without the image
   * @throws dev.synthorax.client.SynthoraxException what the server answered
   */
  public static Classification classify(
      SynthoraxClient client, ClassificationSpec spec, GrayImage image) {
    return client
        .reading()
        .classify(spec.toBuilder().setImage(FilmFile.message(FilmFile.toSend(image))).build());
  }

  /** Adds a film's lines. */
  public void add(FilmFile film, Classification answer) throws IOException {
    CSVPrinter open = table;
    if (open == null) {
      open = begin();
      table = open;
    }
    for (ClassifiedFinding finding : answer.getFindingsList()) {
      open.printRecord(
          film.name(),
          finding.getFinding(),
          String.format(Locale.ROOT, "%.6f", finding.getProbability()),
          finding.getPresent() ? 1 : 0,
          answer.getThreshold(),
          answer.getModel(),
          answer.getModelVersion());
    }
    open.flush();
  }

  private CSVPrinter begin() throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    var begun =
        new CSVPrinter(
            Files.newBufferedWriter(file, StandardCharsets.UTF_8),
            CSVFormat.DEFAULT.builder().setRecordSeparator("\n").get());
    begun.printRecord(COLUMNS);
    return begun;
  }

  @Override
  public void close() throws IOException {
    if (table != null) {
      table.close();
    }
  }
}
