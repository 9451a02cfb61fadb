package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.EncodedSample;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes what {@link WebDatasetLayout} says, one open shard a split. One thread. */
final class WebDatasetWriter implements DatasetWriter {
  private final Path folder;
  private final WriteOptions options;
  private final PixelEncoding encoding;
  private final Set<String> keys = new HashSet<>();
  private final Map<String, Shards> shards = new TreeMap<>(); // owned

  WebDatasetWriter(Path folder, WriteOptions options, PixelEncoding encoding) {
    this.folder = folder;
    this.options = options;
    this.encoding = encoding;
  }

  @Override
  public void add(Sample sample) throws IOException {
    add(EncodedSample.of(sample));
  }

  @Override
  public void add(EncodedSample encoded) throws IOException {
    Sample sample = encoded.sample();
    AttributesJson.require(sample);
    String key = PixelFiles.name(sample).replace('.', '_');
    if (!keys.add(key)) {
      throw new IllegalArgumentException(
          "sample '"
              + sample.id()
              + "': another has the key '"
              + key
              + "' (expected for webdataset: ids that differ when dots become _)");
    }
    Split split = sample.info().split();
    String name = split == null ? WebDatasetLayout.NO_SPLIT : split.wireName();
    TarArchiveOutputStream tar = shards.computeIfAbsent(name, Shards::new).next();
    String ending = encoding == PixelEncoding.JPEG ? ".jpg" : ".png";
    put(tar, key + ending, PixelFiles.encode(encoded, encoding, options));
    put(tar, key + ".json", InfoJson.write(sample.info()).getBytes(StandardCharsets.UTF_8));
    for (Structure structure : sample.masks().keySet()) {
      put(tar, key + "." + structure.wireName() + ".png", encoded.mask(structure));
    }
  }

  private static void put(TarArchiveOutputStream tar, String name, byte[] bytes)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name); // mode 0644, user and group 0
    entry.setSize(bytes.length);
    entry.setModTime(0);
    entry.setUserName("");
    entry.setGroupName("");
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  /** The shards of one split. */
  private final class Shards {
    private final String name;
    private int count;
    private int samples;
    private @Nullable TarArchiveOutputStream open; // owned

    Shards(String name) {
      this.name = name;
    }

    TarArchiveOutputStream next() throws IOException {
      if (samples == options.shardSize()) {
        close();
      }
      TarArchiveOutputStream tar = open;
      if (tar == null) {
        Path file =
            folder.resolve(
                String.format(Locale.ROOT, "%s-%06d%s", name, count, WebDatasetLayout.TAR));
        tar =
            new TarArchiveOutputStream(
                new BufferedOutputStream(
                    Files.newOutputStream(
                        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    1 << 16),
                StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
        open = tar;
        count++;
        samples = 0;
      }
      samples++;
      return tar;
    }

    void close() throws IOException {
      TarArchiveOutputStream tar = open;
      open = null;
      if (tar != null) {
        tar.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (Shards split : shards.values()) {
      split.close();
    }
  }
}
