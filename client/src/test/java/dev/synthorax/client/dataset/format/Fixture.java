package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.phantom.Phantoms;
import dev.synthorax.client.phantom.Site;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;

/** Phantoms with everything that a dataset can say of an image, and what tests do with them. */
final class Fixture {
  private static final List<Site> SITES = List.of(Site.A, Site.B, Site.C, Site.D, Site.E);

  private static final List<Sample> SAMPLES = make();

  private Fixture() {}

  /**
   * Twenty phantoms of five sites, of ten patients in three splits; every third has an uncertain
   * label.
   */
  static List<Sample> samples() {
    return SAMPLES;
  }

  private static List<Sample> make() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Sample phantom = Phantoms.sample(SITES.get(i % 5).first(Split.TRAIN) + i, 64);
      int patient = i / 2;
      ImageInfo.Builder info =
          phantom.info().toBuilder()
              .patientId("patient " + patient)
              .studyId("study " + i)
              .ageYears(20 + i)
              .view(i % 4 == 0 ? View.AP : View.PA)
              .split(patient < 6 ? Split.TRAIN : patient < 8 ? Split.VALIDATION : Split.TEST)
              .attribute("site", "A")
              .attribute("findings_seen", List.of("one", "two, \"quoted\""))
              .attribute("portable", i % 2 == 0)
              .attribute("big", 5_000_000_000L)
              .attribute("small", i)
              .text(i == 3 ? "two\nlines, and \u00e9 \"quotes\"" : phantom.info().text());
      if (i % 3 == 0) {
        info.label("lung_opacity", Label.UNCERTAIN);
      }
      if (i % 2 == 0) {
        info.box(new Box("pneumonia", 3 + i, 4.5, 20, 10.25)).box(new Box("mass", 1, 2, 3, 4));
      }
      samples.add(new Sample(info.build(), phantom.image(), phantom.masks()));
    }
    return List.copyOf(samples);
  }

  static WriteOptions options() {
    return WriteOptions.of(
        warning -> {
          throw new AssertionError("not expected: " + warning);
        });
  }

  static WriteOptions options(List<String> warnings) {
    return WriteOptions.of(warnings::add);
  }

  static void write(DatasetFormat format, Path folder, WriteOptions options, List<Sample> samples)
      throws IOException, InterruptedException {
    format.write(
        folder,
        options,
        writer -> {
          for (Sample sample : samples) {
            writer.add(sample);
          }
        });
  }

  static Dataset open(DatasetFormat format, Path folder) throws IOException {
    return format.open(folder, ReadOptions.DEFAULT);
  }

  static List<Sample> read(DatasetFormat format, Path folder) throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (DatasetImage image : open(format, folder).images()) {
      samples.add(image.load());
    }
    return samples;
  }

  static Map<String, Sample> byId(List<Sample> samples) {
    Map<String, Sample> map = new LinkedHashMap<>();
    samples.forEach(sample -> map.put(sample.id(), sample));
    return map;
  }

  /** The labels that {@code vocabulary} has. */
  static Map<String, Label> labels(ImageInfo info, Vocabulary vocabulary) {
    Map<String, Label> labels = new LinkedHashMap<>(info.labels());
    labels.keySet().retainAll(vocabulary.labels());
    return labels;
  }

  /** Mean absolute difference of two images of one size, in grey levels. */
  static double difference(GrayImage a, GrayImage b) {
    byte[] one = a.toBytes();
    byte[] two = b.toBytes();
    long sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += Math.abs((one[i] & 0xFF) - (two[i] & 0xFF));
    }
    return (double) sum / one.length;
  }

  /** Writes a file and the folders above it. */
  static Path file(Path folder, String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    byte[] bytes =
        (String.join("\n", lines) + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    try (OutputStream output =
        name.endsWith(".gz")
            ? new GZIPOutputStream(Files.newOutputStream(file))
            : Files.newOutputStream(file)) {
      output.write(bytes);
    }
    return file;
  }

  /** Writes an image and the folders above it. */
  static void image(Path folder, String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  /** A picture with some structure, different for every number. */
  static GrayImage picture(int number, int width, int height) {
    byte[] pixels = new byte[width * height];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 31 + number);
    }
    return GrayImage.of(width, height, pixels);
  }

  /** A mask whose left half is inside. */
  static BinaryMask half(int width, int height) {
    byte[] cells = new byte[width * height];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = (byte) (i % width < width / 2 ? 1 : 0);
    }
    return BinaryMask.of(width, height, cells);
  }

  /** The file of an image: PNG, BMP or TIFF, by its ending. */
  static byte[] encoded(GrayImage image, String ending) throws IOException {
    BufferedImage picture =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_BYTE_GRAY);
    picture.getRaster().setDataElements(0, 0, image.width(), image.height(), image.toBytes());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(picture, ending.toLowerCase(Locale.ROOT).replaceAll("f{1,2}$", "ff"), bytes);
    return bytes.toByteArray();
  }

  /** Every file under {@code folder} with its bytes, as text that differs when they do. */
  static Map<String, Integer> bytes(Path folder) throws IOException {
    Map<String, Integer> files = new TreeMap<>();
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(path).toString(), Arrays.hashCode(Files.readAllBytes(path)));
      }
    }
    return files;
  }
}
