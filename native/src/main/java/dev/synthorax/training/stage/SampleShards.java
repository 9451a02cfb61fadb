package dev.synthorax.training.stage;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.Sha256;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.SafetensorsFile;
import dev.synthorax.nn.weights.StoredTensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Samples of a folder of shards: for each {@code shard-NNNNN.safetensors} with {@code images} U8
 * {@code [n, 1, height, width]} (0 black) and {@code masks} U8 {@code [n, structures, height,
 * width]} (0 or 1) a {@code shard-NNNNN.jsonl} with one line a sample. Mapped, not read: memory
 * does not grow with the number of samples.
 *
 * <p><b>Ownership:</b> owns the mappings.
 *
 * <p><b>Threading:</b> any thread may read.
 */
final class SampleShards implements AutoCloseable {
  private record Shard(SafetensorsFile file, StoredTensor images, StoredTensor masks, int first) {}

  private final List<Shard> shards; // owned
  private final List<Label> labels;
  private final List<String> structures;
  private final int height;
  private final int width;

  private SampleShards(List<Shard> shards, List<Label> labels, List<String> structures) {
    this.shards = shards;
    this.labels = labels;
    this.structures = structures;
    long[] shape = shards.getFirst().images().shape();
    this.height = Math.toIntExact(shape[2]);
    this.width = Math.toIntExact(shape[3]);
  }

  /**
   * Maps every shard of a folder, in order of name.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT}, naming the file, if there is none or one
   *     is malformed or unlike the first
   */
  @MustBeClosed
  static SampleShards open(Path folder) {
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files =
          entries
              .filter(path -> path.getFileName().toString().matches("shard-\\d+\\.safetensors"))
              .sorted()
              .toList();
    } catch (IOException e) {
      throw malformed(folder + ": cannot be listed (expected: a folder of sample shards)", e);
    }
    if (files.isEmpty()) {
      throw malformed(
          folder + ": no shard-*.safetensors (expected: a folder of sample shards)", null);
    }
    var shards = new ArrayList<Shard>();
    try {
      var labels = new ArrayList<Label>();
      for (Path file : files) {
        Shard shard = openShard(file, labels.size());
        shards.add(shard);
        readLabels(file, Math.toIntExact(shard.images().shape()[0]), labels);
      }
      List<String> structures = structures(shards.getFirst());
      for (Shard shard : shards) {
        requireAlike(shards.getFirst(), shard, structures);
      }
      return new SampleShards(List.copyOf(shards), List.copyOf(labels), structures);
    } catch (RuntimeException e) {
      shards.forEach(shard -> shard.file().close());
      throw e;
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // closed with the shards
  private static Shard openShard(Path path, int first) {
    SafetensorsFile file = SafetensorsFile.open(path);
    try {
      return new Shard(file, file.tensor("images"), file.tensor("masks"), first);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static List<String> structures(Shard shard) {
    String names = shard.file().metadata().getOrDefault("structures", "");
    return names.isEmpty() ? List.of() : List.of(names.split(",", -1));
  }

  private static void requireAlike(Shard first, Shard shard, List<String> structures) {
    long[] images = shard.images().shape();
    long[] masks = shard.masks().shape();
    long[] expected = first.images().shape();
    boolean fits =
        shard.images().type() == ElementType.U8
            && shard.masks().type() == ElementType.U8
            && images.length == 4
            && masks.length == 4
            && images[0] == masks[0]
            && images[1] == 1
            && masks[1] == structures.size()
            && images[2] == expected[2]
            && images[3] == expected[3]
            && masks[2] == images[2]
            && masks[3] == images[3]
            && structures(shard).equals(structures);
    if (!fits) {
      throw malformed(
          "%s: images or masks do not fit (expected: U8 [n, 1, %d, %d] and [n, %d, %d, %d])"
              .formatted(
                  shard.file().path(),
                  expected[2],
                  expected[3],
                  structures.size(),
                  expected[2],
                  expected[3]),
          null);
    }
  }

  private static Path labelsOf(Path shard) {
    return shard.resolveSibling(shard.getFileName().toString().replace(".safetensors", ".jsonl"));
  }

  private static void readLabels(Path shard, int expected, List<Label> labels) {
    Path file = labelsOf(shard);
    int before = labels.size();
    var mapper = new ObjectMapper();
    try (Stream<String> lines = Files.lines(file)) {
      for (String line : (Iterable<String>) lines::iterator) {
        labels.add(Label.of(mapper.readTree(line)));
      }
    } catch (IOException e) {
      throw malformed(file + ": cannot be read (expected: JSON Lines, one a sample)", e);
    }
    if (labels.size() - before != expected) {
      throw malformed(
          "%s: %d lines (expected: %d, one a sample)"
              .formatted(file, labels.size() - before, expected),
          null);
    }
  }

  private static InferenceException malformed(
      String message, @org.jspecify.annotations.Nullable Exception cause) {
    return new InferenceException(ErrorReason.INVALID_ARGUMENT, message, cause);
  }

  /** The digest of every file, in order: what a run learns from. */
  Identity identify(Identity before, String name) throws IOException {
    Identity identity = before;
    for (Shard shard : shards) {
      Path images = shard.file().path();
      for (Path file : List.of(images, labelsOf(images))) {
        identity = identity.withDigest(name + "." + file.getFileName(), Sha256.hex(file));
      }
    }
    return identity;
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  /** Names of the mask channels, in order. */
  List<String> structures() {
    return structures;
  }

  /** Labels in order of index. */
  List<Label> labels() {
    return labels;
  }

  /** Copies a sample's image into an array, scaled to -1 (black) .. 1 (white). */
  void copyImage(int index, float[] target, int offset) {
    Shard shard = shardOf(index);
    int pixels = height * width;
    MemorySegment data = shard.images().data();
    long from = (long) (index - shard.first()) * pixels;
    for (int k = 0; k < pixels; k++) {
      target[offset + k] =
          Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, from + k)) / 127.5f - 1;
    }
  }

  /** Copies the mask of a sample's structure into an array, 0 or 1. */
  void copyMask(int index, int structure, float[] target, int offset) {
    Shard shard = shardOf(index);
    int pixels = height * width;
    MemorySegment data = shard.masks().data();
    long from = ((long) (index - shard.first()) * structures.size() + structure) * pixels;
    for (int k = 0; k < pixels; k++) {
      target[offset + k] = Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, from + k));
    }
  }

  private Shard shardOf(int index) {
    int low = 0;
    int high = shards.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (shards.get(middle).first() <= index) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return shards.get(low);
  }

  /** Unmaps the files. Idempotent. */
  @Override
  public void close() {
    shards.forEach(shard -> shard.file().close());
  }
}
