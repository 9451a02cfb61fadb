package dev.synthorax.client.dataset;

import dev.synthorax.client.dataset.Safetensors.Entry;
import dev.synthorax.client.dataset.Safetensors.Header;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the pixels of one shard lie: {@code images} U8 {@code [n, 1, height, width]} and {@code
 * masks} U8 {@code [n, structures, height, width]} in a safetensors file.
 *
 * <p><b>Ownership:</b> none; channels are borrowed.
 *
 * <p><b>Threading:</b> immutable; any thread may load from a channel of the file.
 */
public final class ShardTensors {
  /** What the metadata says beside {@code structures}, the names of the mask channels in order. */
  static final Map<String, String> METADATA = Map.of("format", "synthorax-samples", "version", "1");

  static final String STRUCTURES = "structures";

  private final Path file;
  private final int count;
  private final int height;
  private final int width;
  private final List<Structure> structures;
  private final long imagesAt;
  private final long masksAt;

  private ShardTensors(
      Path file, Entry images, Entry masks, List<Structure> structures, long data) {
    this.file = file;
    this.count = images.shape().get(0);
    this.height = images.shape().get(2);
    this.width = images.shape().get(3);
    this.structures = structures;
    this.imagesAt = data + images.begin();
    this.masksAt = data + masks.begin();
  }

  /**
   * Reads and checks the header of a shard.
   *
   * @param channel the open file
   * @throws IOException if it is no shard, or cut short; the message starts with the file
   */
  public static ShardTensors read(Path file, FileChannel channel) throws IOException {
    long length = bytes(file, channel, 0, 8).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    if (length < 2 || length > Safetensors.MAX_HEADER_BYTES || length > channel.size() - 8) {
      throw new IOException(
          file
              + ": header of "
              + Long.toUnsignedString(length)
              + " bytes; is it a safetensors file?");
    }
    long data = 8 + length;
    byte[] json = bytes(file, channel, 8, (int) length).array();
    try {
      Header header = Safetensors.decode(json, channel.size() - data);
      List<Structure> structures = structures(header.metadata());
      Entry images = tensor(header, "images", 1);
      Entry masks = tensor(header, "masks", structures.size());
      int height = images.shape().get(2);
      int width = images.shape().get(3);
      List<Integer> expected = List.of(images.shape().get(0), structures.size(), height, width);
      if (height < 1
          || width < 1
          || (long) height * width > Integer.MAX_VALUE / 8
          || !masks.shape().equals(expected)) {
        throw new IOException(
            "masks of shape "
                + masks.shape()
                + " beside images of shape "
                + images.shape()
                + " (expected: "
                + expected
                + ")");
      }
      return new ShardTensors(file, images, masks, structures, data);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static List<Structure> structures(Map<String, String> metadata) throws IOException {
    for (Map.Entry<String, String> expected : METADATA.entrySet()) {
      if (!expected.getValue().equals(metadata.get(expected.getKey()))) {
        throw new IOException("metadata " + metadata + " (expected: " + METADATA + ")");
      }
    }
    List<Structure> structures = new ArrayList<>();
    try {
      for (String name : metadata.getOrDefault(STRUCTURES, "").split(",", -1)) {
        structures.add(Structure.ofWireName(name));
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("metadata " + metadata + ": " + e.getMessage(), e);
    }
    return List.copyOf(structures);
  }

  private static Entry tensor(Header header, String name, int channels) throws IOException {
    Entry entry = header.tensors().get(name);
    if (entry == null || entry.shape().size() != 4 || entry.shape().get(1) != channels) {
      throw new IOException(
          "tensor '" + name + "' is " + entry + " (expected: U8 [n, " + channels + ", h, w])");
    }
    return entry;
  }

  private static ByteBuffer bytes(Path file, FileChannel channel, long position, int bytes)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException(file + " ends early (expected: " + (position + bytes) + " bytes)");
      }
    }
    return buffer;
  }

  /** Returns the file. */
  public Path file() {
    return file;
  }

  /** Returns the number of samples. */
  public int count() {
    return count;
  }

  /** Returns the pixels of a column. */
  public int height() {
    return height;
  }

  /** Returns the pixels of a row. */
  public int width() {
    return width;
  }

  /** Returns the structures of the mask channels, in order. */
  public List<Structure> structures() {
    return structures;
  }

  /**
   * Reads the pixels of one sample.
   *
   * @param channel the open file
   * @param index 0..count-1
   * @param known the structures whose masks are read; the others are not known
   * @throws IOException if the file ends early or a mask holds other values than 0 and 1
   */
  public Sample load(FileChannel channel, int index, ImageInfo info, Set<Structure> known)
      throws IOException {
    int pixels = width * height;
    byte[] image = bytes(file, channel, imagesAt + (long) index * pixels, pixels).array();
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    long position = masksAt + (long) index * structures.size() * pixels;
    try {
      for (Structure structure : structures) {
        if (known.contains(structure)) {
          byte[] cells = bytes(file, channel, position, pixels).array();
          masks.put(structure, BinaryMask.of(width, height, cells));
        }
        position += pixels;
      }
      return new Sample(info, GrayImage.of(width, height, image), masks);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": sample " + (index + 1) + ": " + e.getMessage(), e);
    }
  }
}
