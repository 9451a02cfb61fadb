package dev.synthorax.client.evaluation;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.image.file.ImageFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A data set that an evaluation was given where it could have been given plain files. */
final class DatasetFolder {
  private final Path folder;
  private final Dataset dataset;

  private DatasetFolder(Path folder, Dataset dataset) {
    this.folder = folder;
    this.dataset = dataset;
  }

  /**
   * Opens the data set in {@code path}; or null, where no format knows the folder.
   *
   * @throws IOException if several formats do, or the data set cannot be read
   */
  static @Nullable DatasetFolder find(Path path) throws IOException {
    if (!Files.isDirectory(path) || (DatasetFormat.matching(path).isEmpty() && !isArchive(path))) {
      return null;
    }
    return new DatasetFolder(path, DatasetFormat.detect(path).open(path, ReadOptions.DEFAULT));
  }

  /** Returns whether DICOM files lie in folders below this one, as archives lay them out. */
  private static boolean isArchive(Path path) throws IOException {
    return ImageFolder.list(path).images().isEmpty() && DatasetFormat.holdsDicom(path);
  }

  /**
   * Refuses to look for a split among plain files.
   *
   * @throws IllegalArgumentException if one is asked for
   */
  static void refuseSplit(Path path, @Nullable Split split) {
    if (split != null) {
      throw new IllegalArgumentException(
          "split: %s of %s (expected: a data set; plain files have no splits)"
              .formatted(split.wireName(), path));
    }
  }

  /** Returns where it is. */
  Path folder() {
    return folder;
  }

  /**
   * Returns its images.
   *
   * @param split null: all
   * @throws IOException if there are none; says which splits there are
   */
  List<DatasetImage> images(@Nullable Split split) throws IOException {
    List<DatasetImage> images =
        dataset.images().stream()
            .filter(image -> split == null || image.info().split() == split)
            .toList();
    if (images.isEmpty()) {
      List<String> known = new ArrayList<>();
      for (Split each : Split.values()) {
        long count =
            dataset.images().stream().filter(image -> image.info().split() == each).count();
        if (count > 0) {
          known.add(each.wireName() + " " + count);
        }
      }
      throw new IOException(
          "%s: no images%s (expected: at least one; splits: %s)"
              .formatted(
                  folder,
                  split == null ? "" : " of split " + split.wireName(),
                  known.isEmpty() ? "none" : String.join(", ", known)));
    }
    return images;
  }

  /** Returns what is odd in its tables. */
  List<String> warnings() {
    return dataset.warnings();
  }
}
