package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One image of a dataset, not loaded yet.
 *
 * @param info what the tables say of it
 * @param source reads its pixels and masks
 */
public record DatasetImage(ImageInfo info, Source source) {

  /** Reads one image with its masks. Any thread may call it, at any time. */
  @FunctionalInterface
  public interface Source {
    /**
     * Reads the pixels.
     *
     * @param info what the tables say of the image
     * @throws IOException if a file is missing or damaged; the message names it
     */
    Sample load(ImageInfo info) throws IOException;

    /**
     * Returns the files that are read for this image alone, the image's own first; none where it
     * lies in a file with others.
     */
    default List<Path> files() {
      return List.of();
    }

    /** Returns the structures that {@link #load} gives masks of. */
    default Set<Structure> structures() {
      return Set.of();
    }

    /** Returns what names the image, for messages: {@code train.csv: line 2}; empty: nothing. */
    default String at() {
      return "";
    }
  }

  /** Refuses nulls with {@link NullPointerException}. */
  public DatasetImage {
    requireNonNull(info, "info");
    requireNonNull(source, "source");
  }

  /**
   * Reads the pixels and the masks.
   *
   * @throws IOException if a file is missing or damaged; the message is one line that names it
   */
  public Sample load() throws IOException {
    return source.load(info);
  }

  /** Returns the first file of {@link Source#files} that is not there, or null. */
  public @Nullable Path missingFile() {
    for (Path file : source.files()) {
      if (!Files.isRegularFile(file)) {
        return file;
      }
    }
    return null;
  }

  /** Returns this image with other facts, for example another split; the pixels stay. */
  public DatasetImage withInfo(ImageInfo changed) {
    return new DatasetImage(changed, source);
  }
}
