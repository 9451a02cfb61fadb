package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.ShardLine;
import dev.synthorax.client.dataset.ShardTensors;
import dev.synthorax.client.dataset.ShardWriter;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.FormatLosses.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The sample shards that training reads, as {@link ShardWriter} writes them; see there.
 *
 * <p>Holds pixels, masks of chosen structures, positive and negative labels, text, seed, attributes
 * and what {@link ShardLine} says. Drops other masks, uncertain labels and boxes.
 */
final class ShardsLayout implements Layout {
  private static final Set<Part> DROPPED = EnumSet.of(Part.BOXES);
  private static final String TENSORS = ".safetensors";

  @Override
  public String looksFor() {
    return "shard-00000.safetensors";
  }

  @Override
  public boolean matches(Path folder) {
    return Files.isRegularFile(folder.resolve(looksFor()));
  }

  @Override
  public Set<FormatOption> options() {
    return EnumSet.of(FormatOption.SHARD_SIZE, FormatOption.STRUCTURES);
  }

  private record Place(ShardTensors shard, int index, Set<Structure> known) {}

  private static final class Loader implements TableDataset.Loader<Place> {
    @Override
    public Sample load(ImageInfo info, Place place) throws IOException {
      try (FileChannel channel = FileChannel.open(place.shard().file())) {
        return place.shard().load(channel, place.index(), info, place.known());
      }
    }

    @Override
    public Set<Structure> structures(Place place) {
      return place.known();
    }

    @Override
    public String at(Place place) {
      return place.shard().file() + ": sample " + place.index();
    }
  }

  @Override
  public Dataset open(Path folder, ReadOptions options) throws IOException {
    Warnings warnings = new Warnings();
    TableDataset.Builder<Place> dataset =
        new TableDataset.Builder<>("shards", new Loader(), warnings);
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files =
          entries
              .filter(file -> file.getFileName().toString().matches("shard-\\d{5}\\.safetensors"))
              .sorted()
              .toList();
    }
    for (Path file : files) {
      ShardTensors shard;
      try (FileChannel channel = FileChannel.open(file)) {
        shard = ShardTensors.read(file, channel);
      }
      if (shard.width() > options.maxSidePixels() || shard.height() > options.maxSidePixels()) {
        throw new IOException(
            file
                + ": images of "
                + shard.width()
                + " x "
                + shard.height()
                + " pixels (expected: at most "
                + options.maxSidePixels()
                + " a side)");
      }
      String name = file.getFileName().toString();
      Path lines =
          file.resolveSibling(name.substring(0, name.length() - TENSORS.length()) + ".jsonl");
      Map<Set<Structure>, Set<Structure>> known = new HashMap<>(); // one object for equal sets
      int index = 0;
      try (BufferedReader reader = Files.newBufferedReader(lines)) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          String at = lines + ": line " + (index + 1);
          ShardLine parsed = parse(line, shard, at, warnings);
          Set<Structure> masks = known.computeIfAbsent(parsed.known(), set -> set);
          dataset.add(parsed.info(), new Place(shard, index++, masks), at);
        }
      }
      if (index != shard.count()) {
        throw new IOException(
            lines + ": " + index + " lines (expected: " + shard.count() + ", one an image)");
      }
    }
    return dataset.build(folder.toString());
  }

  private static ShardLine parse(String line, ShardTensors shard, String at, Warnings warnings)
      throws IOException {
    try {
      ShardLine parsed = ShardLine.parse(line, shard.structures());
      for (String key : parsed.unread()) {
        warnings.add(
            "JSON key " + key,
            at
                + ": JSON key '"
                + key
                + "' is not read (expected: one of "
                + String.join(", ", ShardLine.KEYS)
                + ")");
      }
      return parsed;
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(at + ": no line of a shard: " + e.getMessage(), e);
    }
  }

  @Override
  public DatasetWriter create(Path folder, WriteOptions options, FormatLosses losses)
      throws IOException {
    options.encoding("shards", PixelEncoding.LOSSLESS, PixelEncoding.LOSSLESS);
    List<Structure> structures =
        options.structures().isEmpty() ? Structure.CHANNELS : options.structures();
    ShardWriter writer = ShardWriter.open(folder, options.shardSize(), structures);
    return new DatasetWriter() {
      @Override
      public void add(Sample sample) throws IOException {
        report(sample, structures, losses);
        writer.add(sample);
      }

      @Override
      public void close() throws IOException {
        writer.close();
      }
    };
  }

  private static void report(Sample sample, List<Structure> structures, FormatLosses losses) {
    ImageInfo info = sample.info();
    losses.drop(sample, DROPPED);
    if (info.labels().containsValue(Label.UNCERTAIN)) {
      losses.drop(sample, "uncertain labels");
    }
    ShardLine.facts(info)
        .forEach(
            (name, value) -> {
              if (!value.equals(info.attributes().getOrDefault(name, value))) {
                losses.change(sample, "attribute " + name + " becomes what the table says of it");
              }
            });
    List<String> others = new ArrayList<>();
    for (Structure structure : sample.masks().keySet()) {
      if (!structures.contains(structure)) {
        others.add(structure.wireName());
      }
    }
    losses.drop(sample, "masks of", others);
  }
}
