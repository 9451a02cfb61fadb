package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a folder of shards, as {@link ShardWriter} makes them, sample by sample.
 *
 * <p>Everything read is checked: the header against the file's size, shapes and datatypes, the
 * lines against the tensors, labels and mask values. A damaged shard gives an {@link IOException}
 * that names it.
 *
 * <p><b>Ownership:</b> holds one open shard and one sample's bytes at a time; {@link #close} closes
 * the shard.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class ShardReader implements AutoCloseable {
  private final List<Path> shards;
  private int nextShard;
  private @Nullable ShardFile open; // owned; closed by next and close

  private ShardReader(List<Path> shards) {
    this.shards = shards;
  }

  /**
   * Opens a folder; shards are read in the order of their names.
   *
   * @throws IOException if the folder cannot be read or holds no {@code shard-*.safetensors}
   */
  public static ShardReader open(Path folder) throws IOException {
    requireNonNull(folder, "folder");
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + " is no folder (expected: a folder of shards)");
    }
    List<Path> shards;
    try (Stream<Path> files = Files.list(folder)) {
      shards =
          files
              .filter(file -> file.getFileName().toString().matches("shard-\\d{5}\\.safetensors"))
              .sorted()
              .toList();
    }
    if (shards.isEmpty()) {
      throw new IOException(folder + " holds no shards (expected: shard-00000.safetensors ...)");
    }
    return new ShardReader(shards);
  }

  /** Returns the number of shards in the folder. */
  public int shards() {
    return shards.size();
  }

  /**
   * Returns the next sample, or null after the last.
   *
   * @throws IOException if a shard or its lines are missing, truncated or inconsistent
   */
  public @Nullable Sample next() throws IOException {
    while (true) {
      ShardFile shard = open;
      if (shard == null) {
        if (nextShard == shards.size()) {
          return null;
        }
        shard = new ShardFile(shards.get(nextShard++));
        open = shard;
      }
      Sample sample = shard.next();
      if (sample != null) {
        return sample;
      }
      close();
    }
  }

  /** Closes the open shard. Calling it again does nothing. */
  @Override
  public void close() throws IOException {
    ShardFile shard = open;
    open = null;
    if (shard != null) {
      shard.close();
    }
  }
}
