package dev.synthorax.server.plain;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.files.Sha256;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * AnswerBytes of all models that want them kept, those used last. A key names what was loaded, all
 * inputs and the outputs asked for, so that no version answers for another.
 *
 * <p><b>Threading:</b> any thread; a key costs one pass over the inputs.
 */
public final class ResponseCache {
  private static final int PIECE = 1 << 16;
  private static final long OVERHEAD_BYTES = 512; // of one entry, about

  private final long maxBytes;

  @GuardedBy("this")
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  @GuardedBy("this")
  private long bytes;

  private record Entry(long owner, List<HostTensor> outputs, long bytes) {}

  /**
   * An empty cache.
   *
   * @param maxBytes of all answers in it; 0: nothing is kept
   */
  public ResponseCache(long maxBytes) {
    if (maxBytes < 0) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: >= 0)");
    }
    this.maxBytes = maxBytes;
  }

  /** Most bytes that are kept. */
  public long maxBytes() {
    return maxBytes;
  }

  /** Bytes that are kept. */
  public synchronized long bytes() {
    return bytes;
  }

  /**
   * Names what a request is answered with.
   *
   * @param owner what was loaded; a number of its own each time
   */
  static String key(long owner, CheckedRequest request) {
    MessageDigest digest = Sha256.digest();
    for (HostTensor input : request.inputs()) {
      add(digest, input.name() + " " + input.dataType() + " " + input.shape());
      add(digest, input.bytes());
    }
    request.outputs().forEach(name -> add(digest, name));
    return owner + ":" + Sha256.hex(digest);
  }

  private static void add(MessageDigest digest, MemorySegment bytes) {
    var piece = new byte[(int) Math.min(PIECE, bytes.byteSize())];
    for (long at = 0; at < bytes.byteSize(); at += piece.length) {
      int length = (int) Math.min(piece.length, bytes.byteSize() - at);
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, piece, 0, length);
      digest.update(piece, 0, length);
    }
  }

  private static void add(MessageDigest digest, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, utf8.length));
    digest.update(utf8);
  }

  /** What is kept under a key; null: nothing. */
  synchronized @Nullable List<HostTensor> find(String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.outputs();
  }

  /**
   * Keeps an answer; one that is too large for the whole cache is not.
   *
   * @param outputs in the heap's memory; nobody writes to it any more
   */
  synchronized void put(String key, long owner, List<HostTensor> outputs) {
    long size = outputs.stream().mapToLong(each -> each.bytes().byteSize()).sum() + OVERHEAD_BYTES;
    if (size > maxBytes) {
      return;
    }
    Entry before = entries.remove(key);
    bytes -= before == null ? 0 : before.bytes();
    Iterator<Entry> oldest = entries.values().iterator();
    while (bytes + size > maxBytes) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
    entries.put(key, new Entry(owner, List.copyOf(outputs), size));
    bytes += size;
  }

  /** Forgets what an owner answered. */
  synchronized void drop(long owner) {
    for (Iterator<Entry> all = entries.values().iterator(); all.hasNext(); ) {
      Entry entry = all.next();
      if (entry.owner() == owner) {
        bytes -= entry.bytes();
        all.remove();
      }
    }
  }
}
