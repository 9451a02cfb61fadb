package dev.synthorax.client.dataset.format;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What only some formats use, when they are read or written. */
public enum FormatOption {
  /** {@link ReadOptions#cheXmask}. */
  CHEXMASK("CheXmask table"),
  /** {@link ReadOptions#minRcaMean}. */
  MIN_RCA_MEAN("CheXmask filter"),
  /** {@link ReadOptions#labeler}. */
  LABELER("labeler"),
  /** {@link WriteOptions#shardSize}. */
  SHARD_SIZE("shard size"),
  /** {@link WriteOptions#jpegQuality}. */
  JPEG_QUALITY("JPEG quality"),
  /** {@link WriteOptions#structures}. */
  STRUCTURES("choice of structures");

  private final String words;

  FormatOption(String words) {
    this.words = words;
  }

  /** Returns the formats that use it. */
  public List<DatasetFormat> formats() {
    return Arrays.stream(DatasetFormat.values()).filter(format -> format.uses(this)).toList();
  }

  /**
   * Refuses an option that a format does not use.
   *
   * @param format the format that it was given for
   * @param given what was given, for the message: {@code --shard-size 8}
   * @throws IllegalArgumentException if it does not; the message names the formats that do
   */
  public void require(DatasetFormat format, String given) {
    if (!format.uses(this)) {
      throw new IllegalArgumentException(
          given
              + ": "
              + format.wireName()
              + " uses no "
              + words
              + " (expected with: "
              + formats().stream().map(DatasetFormat::wireName).collect(Collectors.joining(", "))
              + ")");
    }
  }
}
