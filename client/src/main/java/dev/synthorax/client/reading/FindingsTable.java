package dev.synthorax.client.reading;

import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.proto.v1.Classification;
import dev.synthorax.proto.v1.ClassificationSpec;
import dev.synthorax.proto.v1.ClassifiedFinding;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * A table of findings, a line for each film and finding, with the columns {@code image}, {@code
 * label} and {@code score} by the names that {@code metrics classification} reads.
 *
 * <p><b>Ownership:</b> borrows the place it writes to. <b>Threading:</b> one thread; {@link
 * #classify} from any.
 */
public final class FindingsTable {
  private static final List<String> COLUMNS =
      List.of("image", "label", "score", "present", "threshold", "model", "version");

  private final CSVPrinter table;

  /** Begins a table. */
  public FindingsTable(Appendable out) throws IOException {
    table = new CSVPrinter(out, CSVFormat.DEFAULT.builder().setRecordSeparator("\n").get());
    table.printRecord(COLUMNS);
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
    for (ClassifiedFinding finding : answer.getFindingsList()) {
      table.printRecord(
          film.name(),
          finding.getFinding(),
          String.format(Locale.ROOT, "%.6f", finding.getProbability()),
          finding.getPresent() ? 1 : 0,
          answer.getThreshold(),
          answer.getModel(),
          answer.getModelVersion());
    }
    table.flush();
  }
}
