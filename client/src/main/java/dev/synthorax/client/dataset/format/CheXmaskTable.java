package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.PackedRuns;
import dev.synthorax.client.image.RunLengthCoding;
import dev.synthorax.client.table.CsvRow;
import dev.synthorax.client.table.CsvTable;
import dev.synthorax.client.table.TableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tables of CheXmask: lungs and heart of the images of other datasets, as absolute, one-based,
 * row-major runs; {@code -1} or blank where an organ was not found.
 *
 * <p>The column of ids has another name for every dataset: {@code Image Index} for ChestX-ray8,
 * {@code Path} for CheXpert, {@code dicom_id} for MIMIC-CXR-JPG; where it is none of these it is
 * the first that is none of the other columns. Ids may carry a path and the extension of a picture;
 * the path of CheXpert is patient, study and view. The two columns of estimated Dice are swapped in
 * the table of CANDID-PTX: the mean is taken to be the smaller of the two, as a mean is.
 *
 * @see <a href="https://physionet.org/content/chexmask-cxr-segmentation-data/">CheXmask</a>
 */
final class CheXmaskTable {
  private static final String MAX = "Dice RCA (Max)";
  private static final String MEAN = "Dice RCA (Mean)";
  private static final String LANDMARKS = "Landmarks";
  private static final String LEFT = "Left Lung";
  private static final String RIGHT = "Right Lung";
  private static final String HEART = "Heart";
  private static final String HEIGHT = "Height";
  private static final String WIDTH = "Width";
  private static final Pattern ENDING = Pattern.compile("\\.(dcm|png|jpe?g)$");
  private static final int CHEXPERT_PARTS = 3; // patient, study, view
  private static final Set<String> KNOWN =
      Set.of("", MAX, MEAN, LANDMARKS, LEFT, RIGHT, HEART, HEIGHT, WIDTH);
  private static final List<String> ID_COLUMNS =
      List.of("Image Index", "Path", "dicom_id", "ImageID", "image_id");
  private static final String HEADER =
      String.join(",", "Image Index", MAX, MEAN, LANDMARKS, LEFT, RIGHT, HEART, HEIGHT, WIDTH);

  private CheXmaskTable() {}

  /**
   * Adds the masks of a table to a dataset's images.
   *
   * @param file null: none
   * @throws IOException if the table is wrong
   */
  static void attach(
      @Nullable Path file,
      TableDataset.Builder<DicomFiles.Entry> dataset,
      ReadOptions options,
      Warnings warnings)
      throws IOException {
    if (file != null) {
      Map<String, CheXmask> masks = read(file, dataset.ids(), options, warnings);
      dataset.changePlaces((id, entry) -> entry.with(masks.get(id)));
    }
  }

  /**
   * Reads the masks of some images.
   *
   * @param file the table
   * @param ids the images; rows of others are passed over
   * @param options say which masks are good enough
   * @param warnings is told of masks that are not, and of images without any
   * @throws IOException if the table is wrong, has none of the images, or has one twice; the
   *     message names line and column
   */
  static Map<String, CheXmask> read(
      Path file, Set<String> ids, ReadOptions options, Warnings warnings) throws IOException {
    Map<String, CheXmask> masks = new HashMap<>();
    Map<String, Integer> lines = new HashMap<>();
    String name = file.toString();
    String other = ""; // an image of another dataset
    try (CsvTable table = CsvTable.open(file, MAX, MEAN, LEFT, RIGHT, HEART)) {
      String idColumn = idColumn(table);
      for (CsvRow row = table.next(); row != null; row = table.next()) {
        String id = imageId(row.required(idColumn), ids);
        if (id == null) {
          other = other.isEmpty() ? row.required(idColumn) : other;
          continue;
        }
        Integer before = lines.putIfAbsent(id, row.line());
        if (before != null) {
          throw row.wrong(idColumn, "every image once; it is in line " + before + " too");
        }
        Double mean = mean(row);
        if (mean == null || mean < options.minRcaMean()) {
          warnings.add(
              "masks of CheXmask below the filter",
              row.at()
                  + ": image '"
                  + id
                  + "' has an estimated Dice of "
                  + mean
                  + " (expected: at least "
                  + options.minRcaMean()
                  + "); its masks are left out");
          continue;
        }
        masks.put(
            id,
            new CheXmask(
                runs(row, LEFT),
                runs(row, RIGHT),
                runs(row, HEART),
                side(table, row, WIDTH),
                side(table, row, HEIGHT),
                name,
                row.line()));
      }
    }
    if (lines.isEmpty()) {
      throw new TableException(
          name
              + ": none of the images is in it (expected: '"
              + ids.stream().sorted().findFirst().orElse("")
              + "' or others of this dataset; it has "
              + (other.isEmpty() ? "no rows" : "'" + other + "'")
              + ")");
    }
    int missing = ids.size() - lines.size();
    if (missing > 0) {
      warnings.add(
          "images without CheXmask",
          name + ": " + missing + " of " + ids.size() + " images are not in it");
    }
    return masks;
  }

  private static String idColumn(CsvTable table) throws IOException {
    for (String column : ID_COLUMNS) {
      if (table.has(column)) {
        return column;
      }
    }
    for (String column : table.columns()) {
      if (!KNOWN.contains(column)) {
        return column;
      }
    }
    throw new IOException(table.file() + ": no column of image ids (expected: the first one)");
  }

  private static @Nullable String imageId(String value, Set<String> ids) {
    if (ids.contains(value)) {
      return value;
    }
    String[] parts = ENDING.matcher(value).replaceFirst("").split("/", -1);
    String stem = parts[parts.length - 1];
    if (ids.contains(stem)) {
      return stem;
    }
    if (parts.length < CHEXPERT_PARTS) {
      return null;
    }
    String path =
        String.join("_", Arrays.asList(parts).subList(parts.length - CHEXPERT_PARTS, parts.length));
    return ids.contains(path) ? path : null;
  }

  private static @Nullable Double mean(CsvRow row) throws IOException {
    Double max = row.number(MAX);
    Double mean = row.number(MEAN);
    return max == null || mean == null ? mean : Double.valueOf(Math.min(max, mean));
  }

  private static @Nullable PackedRuns runs(CsvRow row, String column) throws IOException {
    PackedRuns runs = parse(RunLengthCoding.CHEXMASK, row, column);
    return runs.isEmpty() ? null : runs;
  }

  /** Reads runs; the message of an error names line and column, not the whole value. */
  static PackedRuns parse(RunLengthCoding coding, CsvRow row, String column) throws IOException {
    try {
      return coding.parse(row.text(column));
    } catch (IllegalArgumentException e) {
      throw row.wrong(column + ": " + e.getMessage());
    }
  }

  private static int side(CsvTable table, CsvRow row, String column) throws IOException {
    Integer side = table.has(column) ? row.integer(column) : null;
    if (side != null && side < 1) {
      throw row.wrong(column, "at least 1");
    }
    return side == null ? 0 : side;
  }

  /** Starts a table; the caller closes. */
  static TableWriter create(Path file) throws IOException {
    return TableWriter.open(file, HEADER);
  }

  /** Returns whether a table can say anything of {@code sample}. */
  static boolean holds(Sample sample) {
    return sample.masks().containsKey(Structure.LEFT_LUNG)
        || sample.masks().containsKey(Structure.RIGHT_LUNG)
        || sample.masks().containsKey(Structure.HEART);
  }

  /**
   * Writes the lungs and the heart of {@code sample}, without landmarks, as certain; nothing if it
   * has neither. Lungs that are not outlined one by one are not written.
   *
   * @param id as the dataset's other tables have it
   */
  static void write(TableWriter table, Sample sample, String id) throws IOException {
    if (holds(sample)) {
      Map<Structure, BinaryMask> masks = sample.masks();
      table.row(
          id,
          "1.0",
          "1.0",
          "",
          runs(masks.get(Structure.LEFT_LUNG)),
          runs(masks.get(Structure.RIGHT_LUNG)),
          runs(masks.get(Structure.HEART)),
          sample.image().height(),
          sample.image().width());
    }
  }

  private static String runs(@Nullable BinaryMask mask) {
    return mask == null ? "-1" : RunLengthCoding.CHEXMASK.encode(mask);
  }
}
