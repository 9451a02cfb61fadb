package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How one format lays a dataset out on disk. Stateless. */
interface Layout {
  /** Returns what {@link #matches} looks for, for people: {@code train.csv with a column Path}. */
  String looksFor();

  /** Returns whether {@code folder} is laid out this way; looks at few names and no pixels. */
  boolean matches(Path folder) throws IOException;

  /**
   * Returns why a folder is not laid out this way although a table of that name is there: {@code
   * train.csv: separated by semicolons ...}; null: there is none.
   */
  default @Nullable String nearMiss(Path folder) {
    return null;
  }

  /** Returns the options, of those that only some formats use, that this one uses. */
  default Set<FormatOption> options() {
    return Set.of();
  }

  /**
   * Reads the tables.
   *
   * @throws IOException if a table is missing or wrong; the message is one line that names file,
   *     row, value and what was expected
   */
  Dataset open(Path folder, ReadOptions options) throws IOException;

  /**
   * Starts a dataset in an empty folder that nobody else sees: {@link StagedWriter} moves it to its
   * place once it is complete, refuses ids that come twice, and never calls the writer after a
   * failure, except to close it.
   *
   * @param losses is told of everything that samples have and the format cannot hold
   * @throws IllegalArgumentException if the format cannot do what the options ask
   */
  DatasetWriter create(Path folder, WriteOptions options, FormatLosses losses) throws IOException;
}
