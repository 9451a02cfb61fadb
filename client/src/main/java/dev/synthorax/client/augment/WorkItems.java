package dev.synthorax.client.augment;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.storage.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The finished images of a job, a file each, and those of the plan before it that may be taken up.
 * They are written beside their place and then moved, and are not forced to the disk: one that a
 * power cut leaves damaged does not have its hash, and is made again.
 *
 * <p><b>Threading:</b> any thread, each image by one at a time.
 */
final class WorkItems {
  private final Path folder;
  private final String stamp;
  private final @Nullable EarlierDataset earlier;

  /**
   * @param folder where the files are
   * @param stamp of this job; an image with another one was made for another plan
   * @param earlier the finished dataset of the plan before; null: there is none
   */
  WorkItems(Path folder, String stamp, @Nullable EarlierDataset earlier) {
    this.folder = folder;
    this.stamp = stamp;
    this.earlier = earlier;
  }

  /** Returns a finished image of this job, or null where there is none that is whole. */
  @Nullable StoredImage load(AugmentItem item) throws IOException {
    StoredImage.Stamped found = read(item);
    return found != null && found.stamp().equals(stamp) ? found.image() : null;
  }

  /** Returns an image of that name that another plan left, or null. */
  @Nullable StoredImage ofAnotherPlan(AugmentItem item) throws IOException {
    StoredImage.Stamped found = read(item);
    if (found != null) {
      return found.image();
    }
    return earlier == null ? null : earlier.load(item.id());
  }

  private StoredImage.@Nullable Stamped read(AugmentItem item) throws IOException {
    try {
      return StoredImage.decode(Files.readAllBytes(place(item)), item.id());
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Keeps a finished image. */
  void store(AugmentItem item, StoredImage image) throws IOException {
    Path place = place(item);
    Files.createDirectories(requireNonNull(place.getParent()));
    byte[] file = image.encode(stamp);
    WholeFile.replace(place, out -> out.write(file));
  }

  private Path place(AugmentItem item) {
    String thousand = String.format(Locale.ROOT, "%03d", item.position() / 1000);
    return folder.resolve(item.arm().name()).resolve(thousand).resolve(item.id());
  }

  /** Returns the names of all images that are there, of whatever plan. */
  Set<String> names() throws IOException {
    Set<String> names = new HashSet<>(earlier == null ? Set.of() : earlier.names());
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        files
            .filter(Files::isRegularFile)
            .map(file -> String.valueOf(file.getFileName()))
            .filter(name -> !name.startsWith("."))
            .forEach(names::add);
      }
    }
    return names;
  }
}
