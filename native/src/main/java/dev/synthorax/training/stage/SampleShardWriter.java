package dev.synthorax.training.stage;

import static java.util.Objects.requireNonNull;

import dev.synthorax.files.AtomicFiles;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.SafetensorsWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Writes the sample shards that {@link SampleShards} reads, byte for byte as the client's writer
 * does. Equal samples give equal files. A file has its name only when all of it is on disk, and a
 * shard's tensors appear after its lines.
 *
 * <p><b>Ownership:</b> holds one shard's samples on the heap.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class SampleShardWriter {
  /** Bytes of samples in a shard where nothing else is said. */
  public static final int SHARD_BYTES = 16 << 20;

  private static final byte INSIDE = 1;

  private final Path folder;
  private final SampleShape shape;
  private final int samplesPerShard;
  private final ByteArrayOutputStream images = new ByteArrayOutputStream();
  private final ByteArrayOutputStream masks = new ByteArrayOutputStream();
  private final StringBuilder lines = new StringBuilder();
  private int pending;
  private int shards;

  /** A writer of shards of {@link #SHARD_BYTES}; arguments as below. */
  public SampleShardWriter(Path folder, SampleShape shape, int shards) {
    this(folder, shape, shards, SHARD_BYTES);
  }

  /**
   * A writer.
   *
   * @param folder made if missing
   * @param shards that the folder holds already; the next is written after them
   * @param shardBytes of samples in a shard, where one alone is not larger
   */
  public SampleShardWriter(Path folder, SampleShape shape, int shards, int shardBytes) {
    this.folder = requireNonNull(folder, "folder");
    this.shape = requireNonNull(shape, "shape");
    this.shards = shards;
    samplesPerShard = Math.max(1, shardBytes / shape.bytes());
  }

  /**
   * Adds a sample, and writes a shard when one is full.
   *
   * @param image row-major grey, 0 black; borrowed
   * @param known masks by structure, 0 or 1; those of the shape's structures that are missing are
   *     unknown; borrowed
   * @return whether a shard was written, and with it every sample so far
   * @throws IllegalArgumentException if the image or a mask does not fit the shape; nothing is
   *     added
   * @throws IOException if the shard cannot be written; the folder is as before
   */
  public boolean add(byte[] image, Map<String, byte[]> known, SampleLine line) throws IOException {
    requireFits(image, known, line.id());
    images.writeBytes(image);
    byte[] unknown = new byte[shape.pixels()];
    for (String structure : shape.structures()) {
      masks.writeBytes(known.getOrDefault(structure, unknown));
    }
    lines.append(line.toJson(allKnown(known) ? null : inOrder(known))).append('\n');
    pending++;
    if (pending < samplesPerShard) {
      return false;
    }
    finish();
    return true;
  }

  private boolean allKnown(Map<String, byte[]> known) {
    return known.keySet().containsAll(shape.structures());
  }

  private List<String> inOrder(Map<String, byte[]> known) {
    return shape.structures().stream().filter(known::containsKey).toList();
  }

  private void requireFits(byte[] image, Map<String, byte[]> known, String id) {
    requireLength("image", image, id);
    known.forEach(
        (structure, mask) -> {
          if (!shape.structures().contains(structure)) {
            throw new IllegalArgumentException(
                "sample %s: structure %s (expected: one of %s)"
                    .formatted(id, structure, shape.structures()));
          }
          requireLength("mask of " + structure, mask, id);
          for (byte value : mask) {
            if (value != 0 && value != INSIDE) {
              throw new IllegalArgumentException(
                  "sample %s: mask of %s: %d (expected: 0 or 1)"
                      .formatted(id, structure, Byte.toUnsignedInt(value)));
            }
          }
        });
  }

  private void requireLength(String name, byte[] pixels, String id) {
    if (pixels.length != shape.pixels()) {
      throw new IllegalArgumentException(
          "sample %s: %s: %d bytes (expected: %d, a byte a pixel of %d x %d)"
              .formatted(id, name, pixels.length, shape.pixels(), shape.width(), shape.height()));
    }
  }

  /** Shards in the folder. */
  public int shards() {
    return shards;
  }

  /**
   * Writes the samples that are left, as a shorter shard. Does nothing where none are.
   *
   * @throws IOException if the shard cannot be written; the folder is as before
   */
  public void finish() throws IOException {
    if (pending == 0) {
      return;
    }
    AtomicFiles.write(lines(folder, shards), lines.toString().getBytes(StandardCharsets.UTF_8));
    new SafetensorsWriter()
        .metadataInOrder(metadata())
        .add("images", ElementType.U8, tensor(1), MemorySegment.ofArray(images.toByteArray()))
        .add(
            "masks",
            ElementType.U8,
            tensor(shape.structures().size()),
            MemorySegment.ofArray(masks.toByteArray()))
        .write(tensors(folder, shards));
    images.reset();
    masks.reset();
    lines.setLength(0);
    pending = 0;
    shards++;
  }

  private long[] tensor(int channels) {
    return new long[] {pending, channels, shape.height(), shape.width()};
  }

  private SequencedMap<String, String> metadata() {
    var metadata = new LinkedHashMap<String, String>();
    metadata.put("format", "synthorax-samples");
    metadata.put("version", "1");
    metadata.put("structures", String.join(",", shape.structures()));
    return metadata;
  }

  /** Where the images and masks of a shard are. */
  public static Path tensors(Path folder, int shard) {
    return folder.resolve(name(shard) + ".safetensors");
  }

  /** Where the lines of a shard are. */
  public static Path lines(Path folder, int shard) {
    return folder.resolve(name(shard) + ".jsonl");
  }

  private static String name(int shard) {
    return String.format(Locale.ROOT, "shard-%05d", shard);
  }
}
