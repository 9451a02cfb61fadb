package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.dicom.DicomUid;
import dev.synthorax.client.image.dicom.SecondaryCapture;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Small datasets of DICOM files in their published layouts. */
final class DicomFixture {
  static final int WIDTH = 6;
  static final int HEIGHT = 4;

  private DicomFixture() {}

  static GrayImage image(int number) {
    byte[] pixels = new byte[WIDTH * HEIGHT];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 31 + number);
    }
    return GrayImage.of(WIDTH, HEIGHT, pixels);
  }

  /** Writes a DICOM file of a woman of 34 years, seen from behind. */
  static void dicom(Path folder, String name, int number) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(
        file,
        SecondaryCapture.builder(image(number), DicomUid.of("fixture", name))
            .synthetic(false)
            .patient("nobody", "F", 34)
            .viewPosition("PA")
            .build()
            .toFile());
  }

  /** Writes a text file, compressed if its name says so. */
  static Path table(Path folder, String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    try (OutputStream output =
        name.endsWith(".gz")
            ? new GZIPOutputStream(Files.newOutputStream(file))
            : Files.newOutputStream(file)) {
      output.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }

  static ImageInfo info(Dataset dataset, String id) {
    return image(dataset, id).info();
  }

  static Sample load(Dataset dataset, String id) throws IOException {
    return image(dataset, id).load();
  }

  private static DatasetImage image(Dataset dataset, String id) {
    for (DatasetImage image : dataset.images()) {
      if (image.info().id().equals(id)) {
        return image;
      }
    }
    throw new AssertionError("no image " + id);
  }

  static List<String> ids(Dataset dataset) {
    List<String> ids = new ArrayList<>();
    dataset.images().forEach(image -> ids.add(image.info().id()));
    return ids;
  }

  /** Rows of {@code #} and {@code .}, joined by {@code |}. */
  static String cells(@Nullable BinaryMask mask) {
    if (mask == null) {
      return "no mask";
    }
    StringBuilder text = new StringBuilder();
    for (int y = 0; y < mask.height(); y++) {
      text.append(y == 0 ? "" : "|");
      for (int x = 0; x < mask.width(); x++) {
        text.append(mask.at(x, y) ? '#' : '.');
      }
    }
    return text.toString();
  }
}
