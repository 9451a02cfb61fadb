package dev.synthorax.nn.weights;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A safetensors file, mapped read-only.
 *
 * <p><b>Ownership:</b> owns the mapping; tensors are views of it. The file must not shrink while it
 * is open.
 *
 * <p><b>Threading:</b> any thread may read; {@link #close} waits for none of them, so the owner
 * closes last.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class SafetensorsFile implements AutoCloseable {

  private static final long MAX_HEADER_BYTES = 16_000_000; // some hundred thousand tensors
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ModelFile source;
  private final Arena arena; // owned
  private final NativeHandles.Handle handle;
  private final Map<String, StoredTensor> tensors;
  private final Map<String, String> metadata;

  private SafetensorsFile(
      ModelFile source,
      Arena arena,
      Map<String, StoredTensor> tensors,
      Map<String, String> metadata) {
    this.source = source;
    this.arena = arena;
    this.tensors = tensors;
    this.metadata = metadata;
    this.handle = NativeHandles.register("weights.SafetensorsFile", source.name());
  }

  /**
   * Maps a file and checks its header: at most 16 MB, known types, lengths that fit the shapes, no
   * gap, no overlap, no missing byte.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if it cannot be read or is
   *     malformed
   */
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // the arena is closed with the file
  public static SafetensorsFile open(ModelFile file) {
    Arena arena = Arena.ofShared();
    try {
      return open(file, arena);
    } catch (SafetensorsHeader.MalformedHeaderException e) {
      arena.close();
      throw file.failed(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      arena.close();
      throw file.failed("cannot be read: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** The same of a file that errors call by its path. */
  @MustBeClosed
  public static SafetensorsFile open(Path file) {
    return open(ModelFile.of(file));
  }

  private static SafetensorsFile open(ModelFile file, Arena arena)
      throws IOException, SafetensorsHeader.MalformedHeaderException {
    MemorySegment mapped;
    try (FileChannel channel = file.open("weights in safetensors")) {
      mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
    if (mapped.byteSize() < Long.BYTES) {
      throw new SafetensorsHeader.MalformedHeaderException(
          mapped.byteSize() + " bytes (expected: a safetensors file, 8 at least)");
    }
    long start = Math.min(mapped.byteSize(), GitLfs.BEGINNING.length());
    byte[] beginning = mapped.asSlice(0, start).toArray(ValueLayout.JAVA_BYTE);
    if (GitLfs.isPointer(new String(beginning, StandardCharsets.ISO_8859_1))) {
      throw GitLfs.failure(file);
    }
    long headerBytes = mapped.get(LENGTH, 0);
    long rest = mapped.byteSize() - Long.BYTES;
    if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES || headerBytes > rest) {
      throw new SafetensorsHeader.MalformedHeaderException(
          "header of %d bytes (expected: at most %d and within the file of %d)"
              .formatted(headerBytes, MAX_HEADER_BYTES, mapped.byteSize()));
    }
    byte[] json = mapped.asSlice(Long.BYTES, headerBytes).toArray(ValueLayout.JAVA_BYTE);
    MemorySegment data = mapped.asSlice(Long.BYTES + headerBytes);
    SafetensorsHeader header = SafetensorsHeader.parse(json, data.byteSize());
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (SafetensorsHeader.Entry entry : header.entries()) {
      long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
      MemorySegment slice = data.asSlice(entry.begin(), entry.end() - entry.begin());
      tensors.put(entry.name(), new StoredTensor(entry.name(), entry.type(), shape, slice));
    }
    return new SafetensorsFile(
        file, arena, Collections.unmodifiableMap(tensors), header.metadata());
  }

  /** Where the file is. */
  public Path path() {
    return source.path();
  }

  /** The file as messages call it. */
  ModelFile source() {
    return source;
  }

  /** Names of the tensors in the order of their data. */
  public Set<String> names() {
    return tensors.keySet();
  }

  /** The header's free-form strings. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** A tensor, or null if the file has none of that name. */
  public @Nullable StoredTensor find(String name) {
    return tensors.get(name);
  }

  /**
   * A tensor that must be there.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if it is not
   */
  public StoredTensor tensor(String name) {
    StoredTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw source.failed("no tensor " + name + " (expected by the network)", null);
    }
    return tensor;
  }

  /** Unmaps the file. Idempotent; any thread. Reading a tensor later throws. */
  @Override
  public void close() {
    if (handle.close()) {
      arena.close();
    }
  }
}
