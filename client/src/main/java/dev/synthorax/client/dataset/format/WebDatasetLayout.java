package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.image.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * WebDataset: tar shards in which the members of one sample follow each other and share a key, the
 * name up to its first dot: {@code KEY.png} (or {@code .jpg}), {@code KEY.json}, and for each mask
 * {@code KEY.STRUCTURE.png}.
 *
 * <p>The JSON object holds all of {@link dev.synthorax.client.dataset.ImageInfo}: see {@link
 * InfoJson}; nothing is lost. Shards are named after their split, {@code train-000000.tar}, {@code
 * validation-}, {@code test-}, and {@code data-} where there is none, so that a training job can
 * name its own. Headers have no times, no users and fixed modes: equal samples give equal bytes.
 * Dots in ids become {@code _} in keys.
 *
 * <p>Reading makes an index of where each member lies; pixels are read at their offsets. Shards of
 * others may lack the JSON: the key is then the id, a {@code .txt} member the text, and the shard's
 * name the split if it starts with one. Compressed tar files cannot be read by offset and are
 * refused.
 *
 * @see <a href="https://github.com/webdataset/webdataset">WebDataset</a>
 */
final class WebDatasetLayout implements Layout {
  static final String TAR = ".tar";
  static final String NO_SPLIT = "data";

  @Override
  public String looksFor() {
    return "*.tar";
  }

  @Override
  public boolean matches(Path folder) throws IOException {
    return !shards(folder).isEmpty();
  }

  @Override
  public Set<FormatOption> options() {
    return EnumSet.of(FormatOption.SHARD_SIZE, FormatOption.JPEG_QUALITY);
  }

  static List<Path> shards(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(
              entry ->
                  entry.getFileName().toString().endsWith(TAR) && !FileTree.isHiddenOrSystem(entry))
          .sorted()
          .toList();
    }
  }

  @Override
  public Dataset open(Path folder, ReadOptions options) throws IOException {
    List<Path> shards = shards(folder);
    if (shards.isEmpty()) {
      throw new IOException(folder + ": no tar shards (expected: " + looksFor() + ")");
    }
    return new WebDatasetReader(shards, options).open();
  }

  @Override
  public DatasetWriter create(Path folder, WriteOptions options, FormatLosses losses) {
    PixelEncoding encoding =
        options.encoding(
            "webdataset", PixelEncoding.LOSSLESS, PixelEncoding.LOSSLESS, PixelEncoding.JPEG);
    return new WebDatasetWriter(folder, options, encoding);
  }
}
