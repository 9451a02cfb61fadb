package dev.synthorax.client.reading;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.MaskImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.storage.WholeFile;
import dev.synthorax.client.transform.CardiothoracicRatio;
import dev.synthorax.proto.v1.Segmentation;
import dev.synthorax.proto.v1.SegmentationSpec;
import dev.synthorax.proto.v1.SegmentedStructure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * A folder of segmented films: {@code masks/NAME-STRUCTURE.png} of two values, which {@code metrics
 * segmentation} takes; {@code overlays/NAME.png}; where asked for {@code
 * probabilities/NAME-STRUCTURE.png}; and {@code segment.csv}, a line for each film and structure.
 *
 * <p><b>Ownership:</b> owns its table. <b>Threading:</b> {@link #segment} from any thread, {@link
 * #add} and {@link #close} from one.
 */
public final class SegmentationFolder implements AutoCloseable {
  private static final String TABLE = "segment.csv";
  private static final List<String> COLUMNS =
      List.of(
          "image",
          "structure",
          "width",
          "height",
          "area_px",
          "area_fraction",
          "box_left",
          "box_top",
          "box_width",
          "box_height",
          "cardiothoracic_ratio",
          "outline_color");
  private static final Set<Character> NOT_IN_NAMES = Set.of('/', '\\', ':', '\0');

  private final Path folder;
  private @Nullable CSVPrinter table; // owned; null until there is a line

  private SegmentationFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Opens a folder, made once there is something to write; the caller closes it.
   *
   * @throws IOException if it has such a table already
   */
  public static SegmentationFolder open(Path folder) throws IOException {
    Path file = folder.resolve(TABLE);
    if (Files.exists(file)) {
      throw new IOException(file + ": there already (expected: another folder)");
    }
    return new SegmentationFolder(folder);
  }

  /** What was said of a film. */
  public record Segmented(String model, String version, List<Row> rows) {
    /** Copies the rows. */
    public Segmented {
      requireNonNull(model, "model");
      requireNonNull(version, "version");
      rows = List.copyOf(rows);
    }
  }

  /**
   * A structure of a film.
   *
   * @param area pixels inside
   * @param box of these; null: nothing is inside
   * @param ratio cardiothoracic, of the heart; null: there is none
   */
  public record Row(
      String image,
      String structure,
      int width,
      int height,
      int area,
      @Nullable Box box,
      @Nullable Double ratio,
      String color) {
    private List<Object> values() {
      Box inside = box;
      List<Object> values = new ArrayList<>(List.of(image, structure, width, height, area));
      values.add(decimal((double) area / ((double) width * height)));
      values.addAll(
          inside == null
              ? List.of("", "", "", "")
              : List.of(inside.left, inside.top, inside.width, inside.height));
      values.add(ratio == null ? "" : decimal(ratio));
      values.add(color);
      return values;
    }

    private static String decimal(double value) {
      return String.format(Locale.ROOT, "%.6f", value);
    }
  }

  /** Pixels of the smallest box around a mask. */
  public record Box(int left, int top, int width, int height) {
    private static @Nullable Box of(BinaryMask mask) {
      int left = Integer.MAX_VALUE;
      int right = -1;
      int top = Integer.MAX_VALUE;
      int bottom = -1;
      for (int y = 0; y < mask.height(); y++) {
        for (int x = 0; x < mask.width(); x++) {
          if (mask.at(x, y)) {
            left = Math.min(left, x);
            right = Math.max(right, x);
            top = Math.min(top, y);
            bottom = y;
          }
        }
      }
      return right < 0 ? null : new Box(left, top, right - left + 1, bottom - top + 1);
    }
  }

  /**
   * Has a film segmented and writes its pictures.
   *
   * @param spec what is asked of it, without the image
   * @throws dev.synthorax.client.SynthoraxException what the server answered
   */
  public Segmented segment(
      SynthoraxClient client, SegmentationSpec spec, FilmFile film, GrayImage image)
      throws IOException {
    Segmentation answer =
        client
            .reading()
            .segment(spec.toBuilder().setImage(FilmFile.message(FilmFile.toSend(image))).build());
    List<BinaryMask> masks = new ArrayList<>();
    Map<Structure, BinaryMask> known = new EnumMap<>(Structure.class);
    for (SegmentedStructure each : answer.getStructuresList()) {
      String name = fileName(film, each.getStructure());
      BinaryMask mask = mask(each, image);
      masks.add(mask);
      for (Structure structure : Structure.values()) {
        if (structure.wireName().equals(each.getStructure())) {
          known.put(structure, mask);
        }
      }
      write("masks", name, Png.encode(mask.toImage()));
      if (spec.getProbabilities()) {
        write("probabilities", name, probabilities(each, image));
      }
    }
    write("overlays", film.name() + ".png", Overlay.png(image, masks));
    return new Segmented(
        answer.getModel(), answer.getModelVersion(), rows(film, image, answer, masks, known));
  }

  private static List<Row> rows(
      FilmFile film,
      GrayImage image,
      Segmentation answer,
      List<BinaryMask> masks,
      Map<Structure, BinaryMask> known) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < masks.size(); i++) {
      String structure = answer.getStructures(i).getStructure();
      boolean heart = structure.equals(Structure.HEART.wireName());
      rows.add(
          new Row(
              film.name(),
              structure,
              image.width(),
              image.height(),
              masks.get(i).area(),
              Box.of(masks.get(i)),
              heart ? CardiothoracicRatio.of(known) : null,
              Overlay.colorName(i)));
    }
    return rows;
  }

  private static String fileName(FilmFile film, String structure) throws IOException {
    if (structure.chars().anyMatch(each -> NOT_IN_NAMES.contains((char) each))) {
      throw new IOException(
          "structure '" + structure + "' (expected: a name that a file can have)");
    }
    return film.name() + "-" + structure + ".png";
  }

  private static BinaryMask mask(SegmentedStructure structure, GrayImage image) throws IOException {
    byte[] png = structure.getPng().toByteArray();
    BinaryMask mask = MaskImage.decode(png, Math.max(image.width(), image.height()));
    return mask.width() == image.width() && mask.height() == image.height()
        ? mask
        : mask.resize(image.width(), image.height()); // it was sent smaller
  }

  private static byte[] probabilities(SegmentedStructure structure, GrayImage image)
      throws IOException {
    byte[] png = structure.getProbabilitiesPng().toByteArray();
    GrayImage map = Png.decode(png, Math.max(image.width(), image.height()));
    return map.width() == image.width() && map.height() == image.height()
        ? png
        : Png.encode(map.resize(image.width(), image.height()));
  }

  private void write(String part, String name, byte[] bytes) throws IOException {
    Path place = Files.createDirectories(folder.resolve(part));
    WholeFile.replace(place.resolve(name), out -> out.write(bytes));
  }

  /** Adds a film's lines to the table. */
  public void add(Segmented segmented) throws IOException {
    CSVPrinter open = table;
    if (open == null) {
      open = begin();
      table = open;
    }
    for (Row row : segmented.rows) {
      open.printRecord(row.values());
    }
    open.flush();
  }

  private CSVPrinter begin() throws IOException {
    Path file = Files.createDirectories(folder).resolve(TABLE);
    var out = Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
    var begun = new CSVPrinter(out, CSVFormat.DEFAULT.builder().setRecordSeparator("\n").get());
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
