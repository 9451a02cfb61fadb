package dev.synthorax.client.review;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.synthorax.client.ReviewClient;
import dev.synthorax.client.storage.WholeFile;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvRows;
import dev.synthorax.client.table.TableException;
import dev.synthorax.proto.v1.GetNextItemResponse;
import dev.synthorax.proto.v1.Rating;
import dev.synthorax.proto.v1.ReviewTask;
import dev.synthorax.proto.v1.StructureMask;
import dev.synthorax.proto.v1.SubmitRatingsRequest;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * A folder for a reader who rates in a spreadsheet: {@code images/*.png}, {@code masks/*.png} and
 * {@code ratings.csv}, a line an image with empty places for scores.
 */
public final class RatingSheet {
  /** Name of the table in the folder. */
  public static final String TABLE = "ratings.csv";

  /** Most items of a sheet, as many as a server leaves out of its answers. */
  public static final int MAX_ITEMS = 1000;

  private static final int MAX_SCORE = 5;
  private static final String TEXT = "text_score";
  private static final String MASK = "mask_score";
  private static final List<String> READ = List.of("item", "image", TEXT, MASK);
  private static final List<String> COLUMNS =
      List.of("item", "image", "file", "prompt", "masks", TEXT, MASK);

  private RatingSheet() {}

  /**
   * Writes a sheet of the items that a reader has not rated, in the reader's order.
   *
   * @param most items of the sheet, 1 to 1,000
   * @param folder made where it is missing; its table must not be there
   * @return items of the sheet; 0: nothing is left, and nothing is written
   * @throws IOException if it cannot be written, or a table is there
   */
  public static int write(ReviewClient client, String set, String reader, int most, Path folder)
      throws IOException {
    Path table = folder.resolve(TABLE);
    if (Files.exists(table)) {
      throw new IOException(table + ": there already (expected: a folder without a sheet)");
    }
    Set<String> seen = new LinkedHashSet<>();
    List<List<String>> lines = new ArrayList<>();
    while (seen.size() < most) {
      GetNextItemResponse next = client.next(set, reader, seen);
      if (!next.hasTask()) {
        break;
      }
      seen.add(next.getTask().getItem());
      lines.addAll(files(next.getTask(), seen.size(), folder));
    }
    if (!seen.isEmpty()) {
      WholeFile.create(
          table, out -> print(new OutputStreamWriter(out, StandardCharsets.UTF_8), lines));
    }
    return seen.size();
  }

  private static void print(OutputStreamWriter out, List<List<String>> lines) throws IOException {
    CSVPrinter printer =
        new CSVPrinter(out, CSVFormat.DEFAULT.builder().setRecordSeparator("\n").get());
    printer.printRecord(COLUMNS);
    for (List<String> line : lines) {
      printer.printRecord(line);
    }
    printer.flush();
  }

  private static List<List<String>> files(ReviewTask task, int number, Path folder)
      throws IOException {
    List<String> masks = new ArrayList<>();
    for (StructureMask mask : task.getMasksList()) {
      String structure = mask.getStructure().replaceAll("[^A-Za-z0-9_-]", "_");
      masks.add(
          file(
              folder,
              "masks",
              "%04d-%s".formatted(number, structure),
              mask.getPng().toByteArray()));
    }
    List<List<String>> lines = new ArrayList<>();
    for (int i = 0; i < task.getImagesCount(); i++) {
      String file =
          file(
              folder,
              "images",
              "%04d-%d".formatted(number, i + 1),
              task.getImages(i).getPng().toByteArray());
      lines.add(
          List.of(
              task.getItem(),
              task.getImages(i).getImage(),
              file,
              task.getPrompt(),
              String.join(" ", masks),
              "",
              ""));
    }
    return lines;
  }

  private static String file(Path folder, String below, String name, byte[] png)
      throws IOException {
    String file = String.format(Locale.ROOT, "%s/%s.png", below, name);
    Path path = folder.resolve(file);
    Files.createDirectories(folder.resolve(below));
    WholeFile.replace(path, out -> out.write(png));
    return file;
  }

  /**
   * Reads what a reader filled in. Items without any score are left out; scores are whole numbers.
   *
   * @param file UTF-8 CSV with the columns {@code item}, {@code image}, {@code text_score} and
   *     {@code mask_score}; others mean nothing
   * @return one request an item, in the order of the file
   * @throws TableException naming line and value of a score that is none
   * @throws IOException if it cannot be read
   */
  public static List<SubmitRatingsRequest> read(Path file, String set, String reader)
      throws IOException {
    CsvRows rows = CsvRows.read(file);
    rows.require("a sheet of ratings", READ);
    Map<String, List<CsvRow>> items =
        rows.rows().stream()
            .collect(groupingBy(row -> row.text("item"), LinkedHashMap::new, toList()));
    List<SubmitRatingsRequest> requests = new ArrayList<>();
    for (Map.Entry<String, List<CsvRow>> item : items.entrySet()) {
      SubmitRatingsRequest.Builder request =
          SubmitRatingsRequest.newBuilder()
              .setReviewSet(set)
              .setReader(reader)
              .setItem(item.getKey());
      boolean rated = false;
      for (CsvRow row : item.getValue()) {
        Rating rating = rating(row);
        rated |= rating.hasTextScore() || rating.hasMaskScore();
        request.addRatings(rating);
      }
      if (rated) {
        requests.add(request.build());
      }
    }
    return requests;
  }

  private static Rating rating(CsvRow row) throws TableException {
    Rating.Builder rating = Rating.newBuilder().setImage(row.required("image"));
    Integer text = score(row, TEXT);
    if (text != null) {
      rating.setTextScore(text);
    }
    Integer mask = score(row, MASK);
    if (mask != null) {
      rating.setMaskScore(mask);
    }
    return rating.build();
  }

  private static @Nullable Integer score(CsvRow row, String column) throws TableException {
    Integer score = row.integer(column);
    if (score != null && (score < 0 || score > MAX_SCORE)) {
      throw row.wrong(column, "a whole number from 0 to " + MAX_SCORE + ", or nothing");
    }
    return score;
  }
}
