package dev.synthorax.client.dataset;

import java.io.IOException;

/**
 * Writes a dataset to a folder, sample by sample, in the layout of one format.
 *
 * <p>Equal samples in equal order give equal bytes. Images are written at once, tables when the
 * writer is closed; until then the folder is not a dataset. A writer that is closed after a failure
 * of {@link #add(Sample)} leaves no table either.
 *
 * <p><b>Ownership:</b> the caller closes.
 *
 * <p><b>Threading:</b> one thread.
 */
public interface DatasetWriter extends AutoCloseable {
  /**
   * Writes one sample.
   *
   * @throws IllegalArgumentException if the format cannot hold it; the message names the sample and
   *     what is missing or too much
   * @throws IOException if a file cannot be written
   */
  void add(Sample sample) throws IOException;

  /**
   * Writes one sample, of which there are files already; where the format has such files, as they
   * are.
   *
   * @throws IllegalArgumentException as {@link #add(Sample)} does
   * @throws IOException as {@link #add(Sample)} does
   */
  default void add(EncodedSample sample) throws IOException {
    add(sample.sample());
  }

  /** Writes the tables. Calling it again does nothing. */
  @Override
  void close() throws IOException;
}
