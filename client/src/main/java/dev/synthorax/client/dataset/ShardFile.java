package dev.synthorax.client.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One open shard: the tensor file and the lines beside it. Owns both; one thread. */
final class ShardFile implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final ShardTensors tensors;
  private final BufferedReader lines;
  private int next;

  /** Opens and checks a shard; on failure nothing stays open. */
  ShardFile(Path file) throws IOException {
    this.file = file;
    channel = FileChannel.open(file);
    try {
      tensors = ShardTensors.read(file, channel);
      lines = Files.newBufferedReader(linesOf(file));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Returns the lines that lie beside a shard. */
  static Path linesOf(Path file) {
    String name = file.getFileName().toString();
    return file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".jsonl");
  }

  /** Returns the next sample, or null after the last. */
  @Nullable Sample next() throws IOException {
    String line = lines.readLine();
    int count = tensors.count();
    if (next == count) {
      if (line != null) {
        throw new IOException(file + ": more lines than its " + count + " images");
      }
      return null;
    }
    if (line == null) {
      throw new IOException(
          file + ": " + next + " lines (expected: one for each of " + count + " images)");
    }
    int index = next++;
    try {
      ShardLine parsed = ShardLine.parse(line, tensors.structures());
      return tensors.load(channel, index, parsed.info(), parsed.known());
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": line " + next + " is no JSON", e);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": sample " + next + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      lines.close();
    }
  }
}
