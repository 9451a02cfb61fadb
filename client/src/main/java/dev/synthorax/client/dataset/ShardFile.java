package dev.synthorax.client.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.client.dataset.Safetensors.Entry;
import dev.synthorax.client.dataset.Safetensors.Header;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One open shard: the tensor file and the lines beside it. Owns both; one thread. */
final class ShardFile implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<LinkedHashMap<String, Object>> ATTRIBUTES =
      new TypeReference<>() {};

  private final Path file;
  private final FileChannel channel;
  private final BufferedReader lines;
  private final long imagesAt;
  private final long masksAt;
  private final int count;
  private final int height;
  private final int width;
  private int next;

  /** Opens and checks a shard; on failure nothing stays open. */
  ShardFile(Path file) throws IOException {
    this.file = file;
    channel = FileChannel.open(file);
    try {
      int headerBytes = headerBytes();
      long dataAt = 8L + headerBytes;
      Header header = header(read(8, headerBytes).array(), channel.size() - dataAt);
      require(
          header.metadata().equals(ShardWriter.METADATA),
          "metadata " + header.metadata() + " (expected: " + ShardWriter.METADATA + ")");
      Entry images = tensor(header, "images", 1);
      Entry masks = tensor(header, "masks", Structure.CHANNELS.size());
      count = images.shape().get(0);
      height = images.shape().get(2);
      width = images.shape().get(3);
      require(
          height > 0
              && width > 0
              && (long) height * width <= Integer.MAX_VALUE / 8
              && masks.shape().equals(List.of(count, Structure.CHANNELS.size(), height, width)),
          "masks of shape " + masks.shape() + " beside images of shape " + images.shape());
      imagesAt = dataAt + images.begin();
      masksAt = dataAt + masks.begin();
      lines = Files.newBufferedReader(linesFile());
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private int headerBytes() throws IOException {
    long length = read(0, 8).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    require(
        length >= 2 && length <= Safetensors.MAX_HEADER_BYTES && length <= channel.size() - 8,
        "header of " + Long.toUnsignedString(length) + " bytes; is it a safetensors file?");
    return (int) length;
  }

  private Header header(byte[] json, long dataBytes) throws IOException {
    try {
      return Safetensors.decode(json, dataBytes);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private Entry tensor(Header header, String name, int channels) throws IOException {
    Entry entry = header.tensors().get(name);
    if (entry == null || entry.shape().size() != 4 || entry.shape().get(1) != channels) {
      throw new IOException(
          file
              + ": tensor '"
              + name
              + "' is "
              + entry
              + " (expected: U8 [n, "
              + channels
              + ", h, w])");
    }
    return entry;
  }

  private Path linesFile() {
    String name = file.getFileName().toString();
    return file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".jsonl");
  }

  private void require(boolean condition, String problem) throws IOException {
    if (!condition) {
      throw new IOException(file + ": " + problem);
    }
  }

  private ByteBuffer read(long position, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException(file + " ends early (expected: " + (position + bytes) + " bytes)");
      }
    }
    return buffer;
  }

  /** Returns the next sample, or null after the last. */
  @Nullable Sample next() throws IOException {
    String line = lines.readLine();
    if (next == count) {
      require(line == null, "more lines than its " + count + " images");
      return null;
    }
    if (line == null) {
      throw new IOException(
          file + ": " + next + " lines (expected: one for each of " + count + " images)");
    }
    int pixels = width * height;
    long maskAt = masksAt + (long) next * Structure.CHANNELS.size() * pixels;
    byte[] image = read(imagesAt + (long) next * pixels, pixels).array();
    Map<Structure, byte[]> masks = new EnumMap<>(Structure.class);
    for (Structure structure : Structure.CHANNELS) {
      masks.put(structure, read(maskAt, pixels).array());
      maskAt += pixels;
    }
    next++;
    try {
      return sample(line, image, masks);
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": line " + next + " is no JSON", e);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": sample " + next + ": " + e.getMessage(), e);
    }
  }

  private Sample sample(String line, byte[] image, Map<Structure, byte[]> masks)
      throws JsonProcessingException {
    JsonNode node = JSON.readTree(line);
    for (String key : List.of("id", "prompt")) {
      if (!node.path(key).isTextual()) {
        throw new IllegalArgumentException(key + ": " + node.path(key) + " (expected: a string)");
      }
    }
    JsonNode seed = node.path("seed");
    if (!(seed.isIntegralNumber() || seed.isNull())
        || !node.path("findings").isArray()
        || !node.path("attributes").isObject()) {
      throw new IllegalArgumentException("line (expected: seed, findings and attributes)");
    }
    ImageInfo.Builder info = ImageInfo.builder(node.path("id").asText());
    for (JsonNode finding : node.path("findings")) {
      if (!finding.isTextual()) {
        throw new IllegalArgumentException("finding: " + finding + " (expected: a string)");
      }
      info.label(ShardWriter.labelOf(finding.asText()), Label.POSITIVE);
    }
    Map<Structure, BinaryMask> checked = new EnumMap<>(Structure.class);
    masks.forEach(
        (structure, cells) -> checked.put(structure, BinaryMask.of(width, height, cells)));
    info.seed(seed.isNull() ? null : Long.valueOf(seed.asLong()))
        .text(node.path("prompt").asText())
        .attributes(JSON.convertValue(node.path("attributes"), ATTRIBUTES));
    return new Sample(info.build(), GrayImage.of(width, height, image), checked);
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      lines.close();
    }
  }
}
