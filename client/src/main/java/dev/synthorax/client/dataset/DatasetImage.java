package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import java.io.IOException;

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
  }

  /** Checks that both are there. */
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

  /** Returns this image with other facts, for example another split; the pixels stay. */
  public DatasetImage withInfo(ImageInfo changed) {
    return new DatasetImage(changed, source);
  }
}
