package dev.synthorax.client.cli;

import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.file.ImageFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The PNG files of a folder, by name.
 *
 * @param folder the folder
 * @param names file names in alphabetical order, at least one
 */
record MetricsPngFolder(Path folder, List<String> names) {
  private static final int MAX_SIDE = 16_384;

  MetricsPngFolder {
    names = List.copyOf(names);
  }

  static MetricsPngFolder of(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + ": no folder (expected: a folder of PNG files)");
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<String> names =
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(name -> name.toLowerCase(Locale.ROOT).endsWith(".png"))
              .sorted()
              .toList();
      if (names.isEmpty()) {
        throw new IOException(folder + ": no PNG files (expected: at least one)");
      }
      return new MetricsPngFolder(folder, names);
    }
  }

  /** Returns a name without its ending. */
  static String stem(String name) {
    return name.substring(0, name.length() - ".png".length());
  }

  GrayImage read(String name) throws IOException {
    return ImageFile.read(folder.resolve(name), MAX_SIDE);
  }

  BinaryMask readMask(String name) throws IOException {
    return ImageFile.readMask(folder.resolve(name), MAX_SIDE);
  }

  /** Reads each file and keeps what {@code measure} makes of it, in order, on all cores. */
  <T> List<T> map(Function<GrayImage, T> measure) throws IOException {
    try {
      return names.parallelStream()
          .map(
              name -> {
                try {
                  return measure.apply(read(name));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
