package dev.synthorax.client.review;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Timestamp;
import dev.synthorax.proto.v1.RatingRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Ratings as a table: CSV with a header, or JSON Lines with the same names.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
public final class RatingTable implements Consumer<RatingRecord> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> COLUMNS =
      List.of(
          "item",
          "image",
          "reader",
          "text_score",
          "mask_score",
          "rated",
          "revision",
          "prompt",
          "structures",
          "model",
          "model_version",
          "seed");

  private final Appendable out;
  private final boolean json;
  private int count;

  /**
   * Begins a table.
   *
   * @param out borrowed
   * @param json whether lines are JSON
   * @throws IOException if the header cannot be written
   */
  public RatingTable(Appendable out, boolean json) throws IOException {
    this.out = out;
    this.json = json;
    if (!json) {
      print(COLUMNS.toArray());
    }
  }

  private void print(Object... values) throws IOException {
    new CSVPrinter(out, CSVFormat.DEFAULT.builder().setRecordSeparator("\n").get())
        .printRecord(Arrays.asList(values));
  }

  /**
   * Writes one rating.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  @Override
  public void accept(RatingRecord rating) {
    Object[] values = {
      rating.getItem(),
      rating.getRating().getImage(),
      rating.getReader(),
      rating.getRating().hasTextScore() ? rating.getRating().getTextScore() : null,
      rating.getRating().hasMaskScore() ? rating.getRating().getMaskScore() : null,
      instant(rating.getRateTime()).toString(),
      rating.getRevision(),
      rating.getPrompt(),
      String.join(" ", rating.getStructuresList()),
      rating.getModel(),
      rating.getModelVersion(),
      rating.hasSeed() ? Long.toUnsignedString(rating.getSeed()) : null
    };
    try {
      if (json) {
        ObjectNode line = JSON.createObjectNode();
        for (int i = 0; i < values.length; i++) {
          line.putPOJO(COLUMNS.get(i), values[i]);
        }
        out.append(JSON.writeValueAsString(line)).append('\n');
      } else {
        print(values);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    count++;
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  /** Returns the ratings written. */
  public int count() {
    return count;
  }
}
