package dev.synthorax.server.pipeline;

import com.google.errorprone.annotations.MustBeClosed;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Device memory in pieces of one size, given out and taken back, freed at the end: either grown a
 * chunk at a time, or taken whole.
 *
 * <p><b>Ownership:</b> owns its chunks; a piece is the taker's until it is given back.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor. Only growing takes time.
 */
final class Slab implements AutoCloseable {
  private static final int FIRST_CHUNK = 8;

  /** A cache line, and the widest vector. */
  private static final long ALIGNMENT = 64;

  private final Backend backend;
  private final Device device;
  private final long pieceBytes;
  private final boolean grows;

  @GuardedBy("this")
  private final List<DeviceMemory> chunks = new ArrayList<>();

  @GuardedBy("this")
  private final Deque<DeviceBuffer> free = new ArrayDeque<>();

  @GuardedBy("this")
  private int pieces;

  private Slab(Backend backend, Device device, long pieceBytes, boolean grows) {
    this.backend = backend;
    this.device = device;
    this.pieceBytes = pieceBytes;
    this.grows = grows;
  }

  /** An empty slab of pieces of {@code pieceBytes} bytes, grown as they are taken. */
  @MustBeClosed
  static Slab growing(Backend backend, Device device, long pieceBytes) {
    return new Slab(backend, device, pieceBytes, true);
  }

  /**
   * A slab of so many pieces and no more.
   *
   * @throws InferenceException {@code OUT_OF_MEMORY} if the device has no room for them
   */
  @MustBeClosed
  static Slab whole(Backend backend, Device device, long pieceBytes, int pieces) {
    var slab = new Slab(backend, device, pieceBytes, false);
    if (pieces > 0) {
      slab.add(pieces);
    }
    return slab;
  }

  /** Bytes from the start of one piece to the next. */
  static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /**
   * A piece, with whatever its last taker left in it.
   *
   * @throws InferenceException {@code OUT_OF_MEMORY} if the device has no room for another chunk,
   *     or all pieces of a whole slab are out
   */
  synchronized DeviceBuffer take() {
    if (free.isEmpty()) {
      if (!grows) {
        throw new InferenceException(
            ErrorReason.OUT_OF_MEMORY,
            "%s: all %d pieces of %d bytes are in use (try again in a moment)"
                .formatted(device.name(), pieces, pieceBytes));
      }
      add(Math.max(FIRST_CHUNK, pieces)); // as many again
    }
    return free.pop(); // the last one given back is the likeliest to be in the cache
  }

  /** Takes a piece back. */
  synchronized void giveBack(DeviceBuffer piece) {
    free.push(piece);
  }

  /** Pieces that are out. */
  synchronized int taken() {
    return pieces - free.size();
  }

  @SuppressWarnings("MustBeClosed") // closed in close()
  private synchronized void add(int more) {
    long stride = aligned(pieceBytes);
    DeviceMemory chunk = backend.openMemory(device, Math.multiplyExact(more, stride));
    chunks.add(chunk);
    DeviceBuffer all = chunk.buffer();
    for (int i = 0; i < more; i++) {
      free.add(all.slice(i * stride, pieceBytes));
    }
    pieces += more;
  }

  /** Frees all chunks; no piece is used any more. */
  @Override
  public synchronized void close() {
    chunks.forEach(DeviceMemory::close);
    chunks.clear();
  }
}
