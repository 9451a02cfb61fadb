package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.Safetensors.Entry;
import dev.synthorax.client.dataset.Safetensors.Header;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.storage.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes samples to a folder of shards, each {@code shard-NNNNN.safetensors} with {@code
 * shard-NNNNN.jsonl} beside it.
 *
 * <p>Tensors: {@code images} U8 {@code [n, 1, height, width]}, 0 black to 255 white; {@code masks}
 * U8 {@code [n, structures, height, width]}, 0 or 1, zeros where nobody outlined the structure. One
 * JSON line a sample, in tensor order: {@link ShardLine}. Equal samples give equal bytes. A shard
 * appears under its name only when it is complete.
 *
 * <p><b>Ownership:</b> holds one shard's samples in memory; {@link #close} writes the last, shorter
 * shard.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class ShardWriter implements DatasetWriter {
  private final Path folder;
  private final int shardSize;
  private final List<Structure> structures;
  private final List<Sample> pending = new ArrayList<>();
  private int shards;
  private long samples;

  private ShardWriter(Path folder, int shardSize, List<Structure> structures) {
    this.folder = folder;
    this.shardSize = shardSize;
    this.structures = structures;
  }

  /** Opens a writer of the masks of {@link Structure#CHANNELS}; see the other. */
  public static ShardWriter open(Path folder, int shardSize) throws IOException {
    return open(folder, shardSize, Structure.CHANNELS);
  }

  /**
   * Opens a writer; the folder is made if it is missing.
   *
   * @param folder where the shards go; must hold no shard yet
   * @param shardSize samples a shard, 1..65536
   * @param structures the mask channels, in order; one at least, none twice
   * @throws IOException if the folder cannot be made or already holds {@code
   *     shard-00000.safetensors}
   */
  public static ShardWriter open(Path folder, int shardSize, List<Structure> structures)
      throws IOException {
    requireNonNull(folder, "folder");
    if (shardSize < 1 || shardSize > 65536) {
      throw new IllegalArgumentException("shardSize: " + shardSize + " (expected: 1..65536)");
    }
    if (structures.isEmpty() || Set.copyOf(structures).size() != structures.size()) {
      throw new IllegalArgumentException(
          "structures: " + structures + " (expected: one at least, none twice)");
    }
    Files.createDirectories(folder);
    if (Files.exists(folder.resolve(name(0) + ".safetensors"))) {
      throw new IOException(folder + " already holds shards (expected: a folder without any)");
    }
    return new ShardWriter(folder, shardSize, List.copyOf(structures));
  }

  /**
   * Adds a sample, and writes a shard when one is full. Boxes, uncertain labels and masks of other
   * structures are not kept.
   *
   * @throws IllegalArgumentException if the image's size differs from that of the samples before it
   * @throws IOException if a shard cannot be written
   */
  @Override
  public void add(Sample sample) throws IOException {
    requireNonNull(sample, "sample");
    if (!pending.isEmpty()
        && (pending.get(0).image().width() != sample.image().width()
            || pending.get(0).image().height() != sample.image().height())) {
      throw new IllegalArgumentException(
          "sample "
              + sample.id()
              + ": "
              + sample.image()
              + " (expected: "
              + pending.get(0).image()
              + ")");
    }
    pending.add(sample);
    samples++;
    if (pending.size() == shardSize) {
      flush();
    }
  }

  /** Returns the number of samples added so far. */
  public long samples() {
    return samples;
  }

  /** Returns the number of shards written so far. */
  public int shards() {
    return shards;
  }

  /** Writes the samples still in memory. Calling it again does nothing. */
  @Override
  public void close() throws IOException {
    if (!pending.isEmpty()) {
      flush();
    }
  }

  private void flush() throws IOException {
    String name = name(shards);
    int count = pending.size();
    int width = pending.get(0).image().width();
    int height = pending.get(0).image().height();
    int channels = structures.size();
    long imageBytes = (long) count * width * height;
    Map<String, Entry> tensors = new LinkedHashMap<>();
    tensors.put("images", new Entry(List.of(count, 1, height, width), 0, imageBytes));
    tensors.put(
        "masks",
        new Entry(
            List.of(count, channels, height, width), imageBytes, imageBytes * (1 + channels)));
    byte[] header = Safetensors.encode(new Header(tensors, metadata()));
    WholeFile.replace(
        folder.resolve(name + ".jsonl"),
        output -> {
          for (Sample sample : pending) {
            output.write(ShardLine.write(sample, structures));
          }
        });
    WholeFile.replace(
        folder.resolve(name + ".safetensors"),
        output -> {
          output.write(header);
          for (Sample sample : pending) {
            output.write(sample.image().toBytes());
          }
          for (Sample sample : pending) {
            for (Structure structure : structures) {
              BinaryMask mask = sample.masks().get(structure);
              output.write(mask == null ? new byte[width * height] : mask.toBytes());
            }
          }
        });
    pending.clear();
    shards++;
  }

  static String name(int shard) {
    return String.format(Locale.ROOT, "shard-%05d", shard);
  }

  private Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (String key : List.of("format", "version")) {
      metadata.put(key, requireNonNull(ShardTensors.METADATA.get(key)));
    }
    metadata.put(
        ShardTensors.STRUCTURES,
        structures.stream().map(Structure::wireName).collect(Collectors.joining(",")));
    return metadata;
  }
}
