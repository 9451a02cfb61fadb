package dev.synthorax.nn.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.synthorax.files.AtomicFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Collects tensors and writes them as one safetensors file. The same tensors and metadata give the
 * same bytes, in whatever order they were added.
 *
 * <p><b>Ownership:</b> borrows each tensor's memory until {@link #write} returns.
 */
public final class SafetensorsWriter {

  private static final int CHUNK_BYTES = 1 << 20;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private record Pending(String name, ElementType type, List<Long> shape, MemorySegment data) {}

  private final List<Pending> pending = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private SequencedMap<String, String> metadata = new TreeMap<>();

  /** Starts without tensors. */
  public SafetensorsWriter() {}

  /**
   * Adds a free-form string to the header.
   *
   * @return this
   */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /**
   * Takes the header's strings as they are, in this order, in place of those added so far: for
   * formats whose bytes are settled.
   *
   * @return this
   */
  public SafetensorsWriter metadataInOrder(SequencedMap<String, String> strings) {
    metadata = new LinkedHashMap<>(strings);
    return this;
  }

  /**
   * Adds a tensor.
   *
   * @param name unique in the file
   * @param shape dims, outermost first
   * @param data row-major and little-endian, exactly as long as shape and type say
   * @return this
   * @throws IllegalArgumentException if the name is taken or the length does not fit
   */
  public SafetensorsWriter add(String name, ElementType type, long[] shape, MemorySegment data) {
    long bytes = type.bytes();
    for (long dim : shape) {
      bytes = Math.multiplyExact(bytes, dim);
    }
    if (data.byteSize() != bytes) {
      throw new IllegalArgumentException(
          "%s: %d bytes (expected: %d for %s %s)"
              .formatted(name, data.byteSize(), bytes, type, Arrays.toString(shape)));
    }
    if (!names.add(name)) {
      throw new IllegalArgumentException("name: " + name + " is taken (expected: a new one)");
    }
    pending.add(new Pending(name, type, Arrays.stream(shape).boxed().toList(), data));
    return this;
  }

  /**
   * Writes the file; readers see the old one or the whole new one.
   *
   * @throws IOException if writing fails; the old file then stays
   */
  public void write(Path file) throws IOException {
    List<Pending> ordered = new ArrayList<>(pending);
    ordered.sort(
        Comparator.comparingInt((Pending tensor) -> -tensor.type().bytes())
            .thenComparing(Pending::name));
    AtomicFiles.write(
        file,
        channel -> {
          writeFully(channel, header(ordered));
          for (Pending tensor : ordered) {
            writeFully(channel, tensor.data());
          }
        });
  }

  private ByteBuffer header(List<Pending> ordered) {
    ObjectNode root = MAPPER.createObjectNode();
    if (!metadata.isEmpty()) {
      root.set("__metadata__", MAPPER.valueToTree(metadata));
    }
    long begin = 0;
    for (Pending tensor : ordered) {
      long end = begin + tensor.data().byteSize();
      ObjectNode entry = root.putObject(tensor.name());
      entry.put("dtype", tensor.type().name());
      entry.set("shape", MAPPER.valueToTree(tensor.shape()));
      entry.putArray("data_offsets").add(begin).add(end);
      begin = end;
    }
    byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + 7) / 8 * 8; // spaces, so that the data starts aligned
    ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(padded).put(json);
    while (buffer.hasRemaining()) {
      buffer.put((byte) ' ');
    }
    return buffer.flip();
  }

  /** By way of a small array: a segment over, say, a {@code float[]} has no byte buffer. */
  private static void writeFully(FileChannel channel, MemorySegment data) throws IOException {
    byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, data.byteSize())];
    for (long at = 0; at < data.byteSize(); at += chunk.length) {
      int length = (int) Math.min(chunk.length, data.byteSize() - at);
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, chunk, 0, length);
      writeFully(channel, ByteBuffer.wrap(chunk, 0, length));
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
