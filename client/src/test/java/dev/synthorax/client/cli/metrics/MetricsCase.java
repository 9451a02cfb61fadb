package dev.synthorax.client.cli.metrics;

import dev.synthorax.client.cli.CommandRun;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A folder, files to measure in it, and the command run on them. */
abstract class MetricsCase {
  @TempDir Path folder;

  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();

  final int run(String... arguments) {
    return CommandRun.execute(out, err, "metrics", arguments);
  }

  final String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  final void mask(String path, int width, String cells, int inside) throws IOException {
    byte[] pixels = new byte[cells.length()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (cells.charAt(i) == '#' ? inside : 0);
    }
    image(path, GrayImage.of(width, cells.length() / width, pixels));
  }

  final void image(String path, GrayImage image) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, Png.encode(image));
  }

  final int segmentation(String... more) {
    String[] arguments = new String[5 + more.length];
    arguments[0] = "segmentation";
    arguments[1] = "--truth";
    arguments[2] = folder.resolve("t").toString();
    arguments[3] = "--prediction";
    arguments[4] = folder.resolve("p").toString();
    System.arraycopy(more, 0, arguments, 5, more.length);
    return run(arguments);
  }
}
