package dev.synthorax.client.cli.dataset;

import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.FormatOption;
import dev.synthorax.client.dataset.format.WriteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of commands that write a dataset, each of use to some formats only. */
final class WritingOptions {
  private static final int MAX_SHARD_SIZE = 65536;

  @Option(
      names = "--shard-size",
      paramLabel = "N",
      description = "Samples a shard, of shards and webdataset. Default: 1000.")
  private @Nullable Integer shardSize;

  @Option(
      names = {"--structure", "--structures"},
      paramLabel = "NAME",
      split = ",",
      description =
          "Masks to write, of shards and nnunet; several with commas. Default: lungs,heart,"
              + "pneumothorax in shards, those of the first image in nnunet.")
  private List<String> structures = new ArrayList<>();

  /**
   * Returns how a dataset is written.
   *
   * @param warnings told of what the format cannot hold
   * @throws IllegalArgumentException if an option has no such value, or the format no use for it;
   *     one line that names the option
   */
  WriteOptions of(DatasetFormat format, Consumer<String> warnings) {
    WriteOptions options = WriteOptions.of(warnings);
    if (shardSize != null) {
      if (shardSize < 1 || shardSize > MAX_SHARD_SIZE) {
        throw new IllegalArgumentException(
            "--shard-size: " + shardSize + " (expected: 1.." + MAX_SHARD_SIZE + ")");
      }
      FormatOption.SHARD_SIZE.require(format, "--shard-size " + shardSize);
      options = options.withShardSize(shardSize);
    }
    if (!structures.isEmpty()) {
      FormatOption.STRUCTURES.require(format, "--structure " + String.join(", ", structures));
    }
    return options.withStructures(
        structures.stream().map(Structure::ofWireName).distinct().toList());
  }
}
