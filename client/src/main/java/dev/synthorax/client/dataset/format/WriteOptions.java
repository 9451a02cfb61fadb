package dev.synthorax.client.dataset.format;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.Structure;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a dataset is written. What a format does not use is refused: {@link
 * DatasetFormat#requireUsable}.
 *
 * @param warnings called with one line for each kind of thing that the samples have and the format
 *     cannot hold
 * @param shardSize samples a shard, of formats that have shards, 1..65536
 * @param encoding null: what the format is published in
 * @param jpegQuality 1..100, where JPEG is written
 * @param structures the masks to write, of formats where all samples have the same; empty: the
 *     format's own choice
 */
public record WriteOptions(
    Consumer<String> warnings,
    int shardSize,
    @Nullable PixelEncoding encoding,
    int jpegQuality,
    List<Structure> structures) {
  static final int SHARD_SIZE = 1000;
  static final int JPEG_QUALITY = 95;

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if the shard size is not 1 to 65,536, or the quality not 1 to
   *     100
   */
  public WriteOptions {
    requireNonNull(warnings, "warnings");
    structures = List.copyOf(structures);
    if (shardSize < 1 || shardSize > 65536) {
      throw new IllegalArgumentException("shardSize: " + shardSize + " (expected: 1..65536)");
    }
    if (jpegQuality < 1 || jpegQuality > 100) {
      throw new IllegalArgumentException("jpegQuality: " + jpegQuality + " (expected: 1..100)");
    }
  }

  /** Returns options with the defaults; {@code warnings} has none, so that losses are seen. */
  public static WriteOptions of(Consumer<String> warnings) {
    return new WriteOptions(warnings, SHARD_SIZE, null, JPEG_QUALITY, List.of());
  }

  /** Returns these options with another shard size. */
  public WriteOptions withShardSize(int value) {
    return new WriteOptions(warnings, value, encoding, jpegQuality, structures);
  }

  /** Returns these options with another encoding. */
  public WriteOptions withEncoding(PixelEncoding value) {
    return new WriteOptions(warnings, shardSize, value, jpegQuality, structures);
  }

  /** Returns these options with another JPEG quality. */
  public WriteOptions withJpegQuality(int value) {
    return new WriteOptions(warnings, shardSize, encoding, value, structures);
  }

  /** Returns these options with a choice of masks. */
  public WriteOptions withStructures(List<Structure> value) {
    return new WriteOptions(warnings, shardSize, encoding, jpegQuality, value);
  }

  /**
   * Returns the encoding to use.
   *
   * @param format its name, for the message
   * @param own what the format is published in
   * @param allowed what it can hold
   * @throws IllegalArgumentException if another one is asked for
   */
  PixelEncoding encoding(String format, PixelEncoding own, PixelEncoding... allowed) {
    PixelEncoding asked = encoding;
    if (asked == null) {
      return own;
    }
    if (!List.of(allowed).contains(asked)) {
      throw new IllegalArgumentException(
          "encoding: " + asked + " (expected for " + format + ": " + List.of(allowed) + ")");
    }
    return asked;
  }
}
