package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.client.dataset.Safetensors.Entry;
import dev.synthorax.client.dataset.Safetensors.Header;
import dev.synthorax.client.storage.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes samples to a folder of shards, each {@code shard-NNNNN.safetensors} with {@code
 * shard-NNNNN.jsonl} beside it.
 *
 * <p>Tensors: {@code images} U8 {@code [n, 1, height, width]}, 0 black to 255 white; {@code masks}
 * U8 {@code [n, 3, height, width]}, 0 or 1, channels in the order of {@link Structure}. One JSON
 * line a sample, in tensor order. Equal samples give equal bytes. A shard appears under its name
 * only when it is complete.
 *
 * <p><b>Ownership:</b> holds one shard's samples in memory; {@link #close} writes the last, shorter
 * shard.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class ShardWriter implements DatasetWriter {
  static final Map<String, String> METADATA =
      Map.of("format", "synthorax-samples", "version", "1", "structures", structures());

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final int shardSize;
  private final List<Sample> pending = new ArrayList<>();
  private int shards;
  private long samples;

  private ShardWriter(Path folder, int shardSize) {
    this.folder = folder;
    this.shardSize = shardSize;
  }

  /**
   * Opens a writer; the folder is made if it is missing.
   *
   * @param folder where the shards go; must hold no shard yet
   * @param shardSize samples a shard, 1..65536
   * @throws IOException if the folder cannot be made or already holds {@code
   *     shard-00000.safetensors}
   */
  public static ShardWriter open(Path folder, int shardSize) throws IOException {
    requireNonNull(folder, "folder");
    if (shardSize < 1 || shardSize > 65536) {
      throw new IllegalArgumentException("shardSize: " + shardSize + " (expected: 1..65536)");
    }
    Files.createDirectories(folder);
    if (Files.exists(folder.resolve(name(0) + ".safetensors"))) {
      throw new IOException(folder + " already holds shards (expected: a folder without any)");
    }
    return new ShardWriter(folder, shardSize);
  }

  /**
   * Adds a sample, and writes a shard when one is full. Only positive labels are kept.
   *
   * @throws IllegalArgumentException if the image's size differs from that of the samples before
   *     it, or a mask of {@link Structure#CHANNELS} is missing
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
    for (Structure structure : Structure.CHANNELS) {
      var _ = sample.mask(structure); // refuses a sample without it
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
    int channels = Structure.CHANNELS.size();
    long imageBytes = (long) count * width * height;
    Map<String, Entry> tensors = new LinkedHashMap<>();
    tensors.put("images", new Entry(List.of(count, 1, height, width), 0, imageBytes));
    tensors.put(
        "masks",
        new Entry(
            List.of(count, channels, height, width), imageBytes, imageBytes * (1 + channels)));
    byte[] header = Safetensors.encode(new Header(tensors, sortedMetadata()));
    WholeFile.replace(
        folder.resolve(name + ".jsonl"),
        output -> {
          for (Sample sample : pending) {
            output.write(line(sample));
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
            for (Structure structure : Structure.CHANNELS) {
              output.write(sample.mask(structure).toBytes());
            }
          }
        });
    pending.clear();
    shards++;
  }

  private static byte[] line(Sample sample) throws IOException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("id", sample.id());
    line.put("seed", sample.info().seed());
    line.put("prompt", sample.info().text());
    line.put("findings", findings(sample.info()));
    line.put("attributes", sample.info().attributes());
    return (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** The positive labels by their names in shards; {@code normal} alone where there is none. */
  private static List<String> findings(ImageInfo info) {
    List<String> labels = info.positives();
    return labels.isEmpty()
        ? List.of(Finding.NORMAL.wireName())
        : labels.stream().map(ShardWriter::findingOf).toList();
  }

  private static String findingOf(String label) {
    for (Finding finding : Finding.values()) {
      if (finding.label().equals(label)) {
        return finding.wireName();
      }
    }
    return label;
  }

  /** Returns the label that shards call {@code finding}; other names stand for themselves. */
  static String labelOf(String finding) {
    for (Finding known : Finding.values()) {
      if (known.wireName().equals(finding)) {
        return known.label();
      }
    }
    return finding;
  }

  static String name(int shard) {
    return String.format(Locale.ROOT, "shard-%05d", shard);
  }

  private static String structures() {
    List<String> names = new ArrayList<>();
    for (Structure structure : Structure.CHANNELS) {
      names.add(structure.wireName());
    }
    return String.join(",", names);
  }

  private static Map<String, String> sortedMetadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (String key : List.of("format", "version", "structures")) {
      metadata.put(key, requireNonNull(METADATA.get(key)));
    }
    return metadata;
  }
}
