package dev.synthorax.server.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Native memory in pieces of one size: grown a chunk at a time, given out and taken back, freed at
 * the end.
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
  private final long stride;

  @GuardedBy("this")
  private final List<DeviceMemory> chunks = new ArrayList<>();

  @GuardedBy("this")
  private final Deque<DeviceBuffer> free = new ArrayDeque<>();

  @GuardedBy("this")
  private int pieces;

  /** An empty slab of pieces of {@code pieceBytes} bytes. */
  Slab(Backend backend, Device device, long pieceBytes) {
    this.backend = backend;
    this.device = device;
    this.pieceBytes = pieceBytes;
    this.stride = (pieceBytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /**
   * A piece, with whatever its last taker left in it.
   *
   * @throws dev.synthorax.engine.InferenceException if the device has no room for another chunk
   */
  synchronized DeviceBuffer take() {
    if (free.isEmpty()) {
      grow();
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

  @GuardedBy("this")
  @SuppressWarnings("MustBeClosed") // closed in close()
  private void grow() {
    int more = Math.max(FIRST_CHUNK, pieces); // as many again
    DeviceMemory chunk = backend.openMemory(device, more * stride);
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
