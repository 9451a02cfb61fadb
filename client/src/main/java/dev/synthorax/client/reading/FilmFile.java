package dev.synthorax.client.reading;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.UnsafeByteOperations;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.file.ImageFile;
import dev.synthorax.client.image.file.ImageFolder;
import dev.synthorax.proto.v1.Radiograph;
import dev.synthorax.proto.v1.RawImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A file that is to be read.
 *
 * @param name what its results are called: the file's name without ending, after the names of the
 *     folders below the one that was asked for, with {@code _} between them
 * @param file the image
 */
public record FilmFile(String name, Path file) {
  private static final int LEVELS = 8;
  private static final int MAX_FILE_SIDE = 16_384;
  private static final int MAX_SENT_SIDE = 4096; // of the server

  public FilmFile {
    requireNonNull(name, "name");
    requireNonNull(file, "file");
  }

  /**
   * The images of files and folders.
   *
   * @param inputs files of any format that is read, and folders, which are walked
   * @param warnings hears what of a folder was passed over
   * @throws IOException if a folder has no images or cannot be read, or two files would have the
   *     same name
   */
  public static List<FilmFile> of(List<Path> inputs, Consumer<String> warnings) throws IOException {
    Map<String, Path> files = new LinkedHashMap<>();
    for (Path input : inputs) {
      if (Files.isDirectory(input)) {
        ImageFolder folder = ImageFolder.walk(input, LEVELS).requireImages();
        folder.warnings().forEach(warnings);
        for (Path file : folder.images()) {
          put(files, name(input.relativize(file)), file);
        }
      } else {
        put(files, ImageFolder.stem(input), input);
      }
    }
    return files.entrySet().stream()
        .map(each -> new FilmFile(each.getKey(), each.getValue()))
        .toList();
  }

  private static String name(Path relative) {
    List<String> parts = new ArrayList<>();
    relative.forEach(part -> parts.add(part.toString()));
    parts.set(parts.size() - 1, ImageFolder.stem(relative));
    return String.join("_", parts);
  }

  private static void put(Map<String, Path> files, String name, Path file) throws IOException {
    Path before = files.putIfAbsent(name, file);
    if (before != null) {
      throw new IOException(
          "%s: its results would be called %s, as those of %s (expected: other names, or another call)"
              .formatted(file, name, before));
    }
  }

  /**
   * Reads the file as 8-bit grey, as data sets are read.
   *
   * @throws IOException if it is no image that can be read; one line that starts with the file
   */
  public GrayImage read() throws IOException {
    return ImageFile.read(file, MAX_FILE_SIDE);
  }

  /** Returns an image as it is sent: one that is larger than a server takes is made smaller. */
  static GrayImage toSend(GrayImage image) {
    int side = Math.max(image.width(), image.height());
    if (side <= MAX_SENT_SIDE) {
      return image;
    }
    double scale = (double) MAX_SENT_SIDE / side;
    return image.resize(
        Math.max(1, (int) Math.round(image.width() * scale)),
        Math.max(1, (int) Math.round(image.height() * scale)));
  }

  /** Returns an image as a message. */
  static Radiograph message(GrayImage image) {
    return Radiograph.newBuilder()
        .setRaw(
            RawImage.newBuilder()
                .setWidth(image.width())
                .setHeight(image.height())
                .setData(UnsafeByteOperations.unsafeWrap(image.toBytes()))) // a copy of its own
        .build();
  }
}
