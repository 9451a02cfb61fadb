package dev.synthorax.client.dataset.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetWriter;
import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.ShardWriter;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.FormatLosses.Part;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The sample shards that training reads, as {@link ShardWriter} writes them; see there.
 *
 * <p>Holds pixels, the masks of {@link Structure#CHANNELS}, which every sample must have, positive
 * labels, text, seed and attributes. Drops other masks, labels that are negative or uncertain,
 * boxes, split, sex, age and view; a sample read back is its own patient.
 */
final class ShardsLayout implements Layout {
  private static final Set<Part> DROPPED =
      EnumSet.of(Part.BOXES, Part.SPLIT, Part.SEX, Part.AGE, Part.VIEW);
  private static final String TENSORS = ".safetensors";
  private static final List<String> KEYS =
      List.of("id", "seed", "prompt", "findings", "attributes");
  private static final int MAX_HEADER_BYTES = 1 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

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
    return EnumSet.of(FormatOption.SHARD_SIZE);
  }

  /**
   * One shard's tensors: {@code images} U8 [n, 1, h, w] and {@code masks} U8 [n, 3, h, w].
   *
   * @param images first byte of the images
   * @param masks first byte of the masks
   */
  private record Shard(Path file, int count, int height, int width, long images, long masks) {}

  private record Place(Shard shard, int index) {}

  private static final class Loader implements TableDataset.Loader<Place> {
    @Override
    public Sample load(ImageInfo info, Place place) throws IOException {
      return ShardsLayout.load(info, place);
    }

    @Override
    public Set<Structure> structures(Place place) {
      return EnumSet.copyOf(Structure.CHANNELS);
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
      Shard shard = shard(file);
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
      int index = 0;
      try (BufferedReader reader = Files.newBufferedReader(lines)) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          String at = lines + ": line " + (index + 1);
          dataset.add(info(line, at, warnings), new Place(shard, index++), at);
        }
      }
      if (index != shard.count()) {
        throw new IOException(
            lines + ": " + index + " lines (expected: " + shard.count() + ", one an image)");
      }
    }
    return dataset.build(folder.toString());
  }

  private static Shard shard(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer length = read(channel, 0, 8, file).order(ByteOrder.LITTLE_ENDIAN);
      long bytes = length.getLong(0);
      if (bytes < 2 || bytes > MAX_HEADER_BYTES) {
        throw new IOException(file + ": header of " + bytes + " bytes; is it a safetensors file?");
      }
      byte[] json = read(channel, 8, (int) bytes, file).array();
      JsonNode root;
      try {
        root = JSON.readTree(new String(json, StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new IOException(file + ": safetensors header is no JSON", e);
      }
      JsonNode shape = root.path("images").path("shape");
      int channels = Structure.CHANNELS.size();
      int count = shape.path(0).asInt();
      int height = shape.path(2).asInt();
      int width = shape.path(3).asInt();
      long pixels = (long) count * height * width;
      long images = 8 + bytes + root.path("images").path("data_offsets").path(0).asLong();
      long masks = 8 + bytes + root.path("masks").path("data_offsets").path(0).asLong();
      if (shape.size() != 4
          || count < 1
          || height < 1
          || width < 1
          || shape.path(1).asInt() != 1
          || root.path("masks").path("shape").path(1).asInt() != channels
          || images + pixels > channel.size()
          || masks + channels * pixels > channel.size()) {
        throw new IOException(
            file
                + ": "
                + root
                + " in "
                + channel.size()
                + " bytes (expected: images U8 [n, 1, h, w] and masks U8 [n, "
                + channels
                + ", h, w])");
      }
      return new Shard(file, count, height, width, images, masks);
    }
  }

  private static ByteBuffer read(FileChannel channel, long position, int bytes, Path file)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException(file + " ends early (expected: " + (position + bytes) + " bytes)");
      }
    }
    return buffer;
  }

  private static ImageInfo info(String line, String at, Warnings warnings) throws IOException {
    try {
      JsonNode root = JSON.readTree(line);
      for (Map.Entry<String, JsonNode> member : root.properties()) {
        if (!KEYS.contains(member.getKey())) {
          warnings.add(
              "JSON key " + member.getKey(),
              at
                  + ": JSON key '"
                  + member.getKey()
                  + "' is not read (expected: one of "
                  + String.join(", ", KEYS)
                  + ")");
        }
      }
      ImageInfo.Builder info =
          ImageInfo.builder(root.path("id").asText())
              .text(root.path("prompt").asText())
              .attributes(AttributesJson.read(root.path("attributes").toString()));
      JsonNode seed = root.path("seed");
      info.seed(seed.isIntegralNumber() ? Long.valueOf(seed.asLong()) : null);
      for (JsonNode finding : root.path("findings")) {
        info.label(label(finding.asText()), Label.POSITIVE);
      }
      return info.build();
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(at + ": no line of a shard: " + e.getMessage(), e);
    }
  }

  private static String label(String finding) {
    for (Finding known : Finding.values()) {
      if (known.wireName().equals(finding)) {
        return known.label();
      }
    }
    return finding;
  }

  private static Sample load(ImageInfo info, Place place) throws IOException {
    Shard shard = place.shard();
    int pixels = shard.width() * shard.height();
    try (FileChannel channel = FileChannel.open(shard.file())) {
      byte[] image =
          read(channel, shard.images() + (long) place.index() * pixels, pixels, shard.file())
              .array();
      Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
      long position = shard.masks() + (long) place.index() * Structure.CHANNELS.size() * pixels;
      for (Structure structure : Structure.CHANNELS) {
        byte[] cells = read(channel, position, pixels, shard.file()).array();
        masks.put(structure, BinaryMask.of(shard.width(), shard.height(), cells));
        position += pixels;
      }
      return new Sample(info, GrayImage.of(shard.width(), shard.height(), image), masks);
    } catch (IllegalArgumentException e) {
      throw new IOException(shard.file() + ": sample " + place.index() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public DatasetWriter create(Path folder, WriteOptions options, FormatLosses losses)
      throws IOException {
    options.encoding("shards", PixelEncoding.LOSSLESS, PixelEncoding.LOSSLESS);
    ShardWriter writer = ShardWriter.open(folder, options.shardSize());
    return new DatasetWriter() {
      @Override
      public void add(Sample sample) throws IOException {
        report(sample, losses);
        writer.add(sample);
      }

      @Override
      public void close() throws IOException {
        writer.close();
      }
    };
  }

  private static void report(Sample sample, FormatLosses losses) {
    ImageInfo info = sample.info();
    losses.drop(sample, DROPPED);
    if (!info.patientId().equals(info.id()) || !info.studyId().equals(info.id())) {
      losses.drop(sample, "patients and studies");
    }
    if (info.labels().values().stream().anyMatch(label -> label != Label.POSITIVE)) {
      losses.drop(sample, "labels that are negative or uncertain");
    }
    if (info.positives().isEmpty() && !info.has(ImageInfo.NO_FINDING)) {
      losses.change(sample, "images without a positive label become no_finding");
    }
    List<String> others = new ArrayList<>();
    for (Structure structure : sample.masks().keySet()) {
      if (!Structure.CHANNELS.contains(structure)) {
        others.add(structure.wireName());
      }
    }
    losses.drop(sample, "masks of", others);
  }
}
