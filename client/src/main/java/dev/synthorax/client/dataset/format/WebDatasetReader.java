package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.jspecify.annotations.Nullable;

/** Reads {@link WebDatasetLayout}. */
final class WebDatasetReader {
  private static final int MAX_JSON_BYTES = 1 << 24;

  private final List<Path> shards;
  private final ReadOptions options;
  private final Warnings warnings = new Warnings();
  private final TableDataset.Builder<Members> dataset;

  WebDatasetReader(List<Path> shards, ReadOptions options) {
    this.shards = shards;
    this.options = options;
    this.dataset = new TableDataset.Builder<>("webdataset", new Loader(), warnings);
  }

  /**
   * Where the members of one sample are.
   *
   * @param shard index in the list of shards
   * @param key for messages
   * @param structures those that have a mask
   * @param ranges offset and number of bytes of the image and of each mask
   */
  private record Members(int shard, String key, List<Structure> structures, LongBuffer ranges) {
    Member image() {
      return range(0);
    }

    Member mask(int index) {
      return range(index + 1);
    }

    private Member range(int index) {
      return new Member(ranges.get(2 * index), (int) ranges.get(2 * index + 1));
    }
  }

  private record Member(long offset, int bytes) {}

  private record MaskMember(Structure structure, Member member) {}

  Dataset open() throws IOException {
    for (int i = 0; i < shards.size(); i++) {
      index(i);
    }
    return dataset.build(shards.getFirst().toString());
  }

  private void index(int shard) throws IOException {
    Path file = shards.get(shard);
    try (FileChannel channel = FileChannel.open(file);
        TarFile tar = new TarFile(channel, 10240, 512, StandardCharsets.UTF_8.name(), false)) {
      Collected sample = null;
      Set<String> before = new HashSet<>();
      for (TarArchiveEntry entry : tar.getEntries()) {
        if (!entry.isFile()) {
          continue;
        }
        if (entry.getDataOffset() + entry.getSize() > channel.size()) {
          throw new IOException(
              file + ": member " + entry.getName() + " ends early; is the shard truncated?");
        }
        String name =
            entry.getName().startsWith("./") ? entry.getName().substring(2) : entry.getName();
        int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
        if (dot < 0) {
          warnings.add("members", file + ": member " + name + " is not read: no ending");
          continue;
        }
        String key = name.substring(0, dot);
        if (sample == null || !sample.key.equals(key)) {
          if (!before.add(key)) {
            throw new IOException(
                file
                    + ": member "
                    + entry.getName()
                    + " is apart from the others of key '"
                    + key
                    + "' (expected: the members of a sample next to each other; make the tar from"
                    + " sorted names)");
          }
          if (sample != null) {
            add(shard, channel, sample);
          }
          sample = new Collected(key);
        }
        collect(file, sample, name.substring(dot + 1), entry);
      }
      if (sample != null) {
        add(shard, channel, sample);
      }
    } catch (IOException | IllegalArgumentException e) { // the library throws both on bad headers
      String message = String.valueOf(e.getMessage());
      if (message.startsWith(file.toString())) {
        throw e;
      }
      throw new IOException(file + ": no readable tar file: " + message, e);
    }
  }

  /** The members of the sample at hand. */
  private static final class Collected {
    private final String key;
    private final List<MaskMember> masks = new ArrayList<>();
    private @Nullable Member image;
    private @Nullable Member json;
    private @Nullable Member text;

    Collected(String key) {
      this.key = key;
    }
  }

  private void collect(Path file, Collected sample, String ending, TarArchiveEntry entry)
      throws IOException {
    if (entry.getSize() > Integer.MAX_VALUE - 8) {
      throw new IOException(file + ": member " + entry.getName() + " is too large");
    }
    Member member = new Member(entry.getDataOffset(), (int) entry.getSize());
    String kind = ending.toLowerCase(Locale.ROOT);
    boolean twice = false;
    if (PixelFiles.isImageEnding(kind)) {
      twice = sample.image != null;
      sample.image = member;
    } else if (kind.equals("json")) {
      twice = sample.json != null;
      sample.json = member;
    } else if (kind.equals("txt")) {
      twice = sample.text != null;
      sample.text = member;
    } else {
      Structure structure = structure(kind);
      if (structure == null) {
        warnings.add(
            "members of kind ." + kind,
            file
                + ": member "
                + entry.getName()
                + " is not read (expected: an image as png, jpg, tif or bmp, json, txt or"
                + " STRUCTURE.png)");
        return;
      }
      twice = sample.masks.stream().anyMatch(mask -> mask.structure() == structure);
      sample.masks.add(new MaskMember(structure, member));
    }
    if (twice) {
      throw new IOException(
          file
              + ": two members of kind ."
              + kind
              + " for key '"
              + sample.key
              + "' (expected: one)");
    }
  }

  private static @Nullable Structure structure(String kind) {
    for (Structure structure : Structure.values()) {
      String start = structure.wireName() + ".";
      if (kind.startsWith(start) && PixelFiles.isImageEnding(kind.substring(start.length()))) {
        return structure;
      }
    }
    return null;
  }

  private void add(int shard, FileChannel channel, Collected sample) throws IOException {
    Path file = shards.get(shard);
    Member image = sample.image;
    if (image == null) {
      throw new IOException(
          file
              + ": no image for key '"
              + sample.key
              + "' (expected: a .png, .jpg, .tif or .bmp member)");
    }
    Member json = sample.json;
    ImageInfo info;
    try {
      String id = sample.key.replace('/', '_');
      if (json == null) {
        warnings.add("samples without .json", file + ": no .json for key '" + sample.key + "'");
        Member text = sample.text;
        info =
            ImageInfo.builder(id)
                .text(
                    text == null
                        ? ""
                        : new String(bytes(channel, text, file), StandardCharsets.UTF_8).strip())
                .build();
      } else if (json.bytes() > MAX_JSON_BYTES) {
        throw new IOException("JSON of " + json.bytes() + " bytes (expected: <= 16 MiB)");
      } else {
        String at = file + ": key '" + sample.key + "'";
        info =
            InfoJson.read(
                bytes(channel, json, file),
                id,
                (key, problem) ->
                    warnings.add("JSON key " + key, at + ": JSON key '" + key + "' " + problem));
      }
    } catch (IOException e) {
      throw new IOException(file + ": key '" + sample.key + "': " + e.getMessage(), e);
    }
    if (info.split() == null) {
      info = info.toBuilder().split(splitOf(file)).build();
    }
    dataset.add(
        info, members(shard, sample, image, info.id()), file + ": key '" + sample.key + "'");
  }

  private Members members(int shard, Collected sample, Member image, String id) {
    LongBuffer ranges = LongBuffer.allocate(2 * (1 + sample.masks.size()));
    ranges.put(image.offset()).put(image.bytes());
    List<Structure> structures = new ArrayList<>();
    for (MaskMember mask : sample.masks) {
      structures.add(mask.structure());
      ranges.put(mask.member().offset()).put(mask.member().bytes());
    }
    String key = sample.key.equals(id) ? id : sample.key;
    return new Members(shard, key, dataset.intern(List.copyOf(structures)), ranges);
  }

  /** The split that a shard is named after, if any. */
  private static @Nullable Split splitOf(Path shard) {
    String name = shard.getFileName().toString();
    int dash = name.indexOf('-');
    try {
      return dash < 0 ? null : Split.ofWireName(name.substring(0, dash));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static byte[] bytes(FileChannel channel, Member member, Path file) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(member.bytes());
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, member.offset() + buffer.position()) < 0) {
        throw new EOFException(file + " ends early; it was longer when it was opened");
      }
    }
    return buffer.array();
  }

  private final class Loader implements TableDataset.Loader<Members> {
    @Override
    public Sample load(ImageInfo info, Members members) throws IOException {
      return WebDatasetReader.this.load(info, members);
    }

    @Override
    public Set<Structure> structures(Members members) {
      return members.structures().isEmpty() ? Set.of() : EnumSet.copyOf(members.structures());
    }

    @Override
    public String at(Members members) {
      return shards.get(members.shard()) + ": key '" + members.key() + "'";
    }
  }

  private Sample load(ImageInfo info, Members members) throws IOException {
    Path file = shards.get(members.shard());
    String at = "key '" + members.key() + "'";
    try (FileChannel channel = FileChannel.open(file)) {
      PixelFiles.Picture picture =
          PixelFiles.decode(bytes(channel, members.image(), file), file, at, options);
      GrayImage image = picture.pixels();
      Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
      for (int i = 0; i < members.structures().size(); i++) {
        byte[] mask = bytes(channel, members.mask(i), file);
        masks.put(
            members.structures().get(i), PixelFiles.decodeMask(mask, file, at, image, options));
      }
      return picture.sample(info, masks);
    }
  }
}
