package dev.synthorax.server.inference;

import com.google.errorprone.annotations.MustBeClosed;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Native memory for the tensors of requests, within a budget. Pieces that come back are kept for
 * the next request, up to a quarter of the budget: fresh ones would be zeroed first.
 *
 * <p><b>Ownership:</b> owns every piece; a {@link Loan} has them for one request.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor, nothing blocks.
 */
final class TensorMemory implements AutoCloseable {
  /** Backends read whole vectors. */
  private static final long ALIGNMENT = 64;

  private static final long SMALLEST = 4 << 10;
  private static final Duration SOON = Duration.ofSeconds(1);

  private final long limit;

  @GuardedBy("this")
  private final NavigableMap<Long, Deque<Piece>> idle = new TreeMap<>();

  @GuardedBy("this")
  private long idleBytes;

  @GuardedBy("this")
  private long usedBytes;

  @GuardedBy("this")
  private boolean closed;

  private record Piece(Arena arena, MemorySegment memory) {
    @SuppressWarnings("MustBeClosed") // the piece has it
    private static Piece of(long bytes) {
      Arena arena = Arena.ofShared();
      try {
        return new Piece(arena, arena.allocate(bytes, ALIGNMENT));
      } catch (OutOfMemoryError e) { // of the memory outside the heap alone
        arena.close();
        throw full(bytes);
      }
    }

    private long bytes() {
      return memory.byteSize();
    }

    private void free() {
      arena.close();
    }
  }

  /**
   * Memory of which nothing is taken.
   *
   * @param limit most bytes
   */
  TensorMemory(long limit) {
    this.limit = limit;
  }

  /** Bytes that requests have now. */
  synchronized long usedBytes() {
    return usedBytes;
  }

  /** What one request has of it; nothing at first. */
  @MustBeClosed
  Loan open() {
    return new Loan();
  }

  private static ServerException full(long bytes) {
    return new ServerException(
        ServerReason.QUEUE_FULL,
        "no room for %d bytes of tensors while other requests hold theirs (try again in a moment)"
            .formatted(bytes),
        SOON);
  }

  /** Sizes grow by a quarter at most, so that pieces fit requests that are nearly alike. */
  private static long rounded(long bytes) {
    long size = Math.max(1, bytes);
    long step = Math.max(SMALLEST, Long.highestOneBit(size) / 4);
    return (size + step - 1) / step * step;
  }

  private Piece take(long bytes) {
    long size = rounded(bytes);
    Piece kept = reserve(size);
    if (kept != null) {
      return kept;
    }
    try {
      return Piece.of(size);
    } catch (RuntimeException e) {
      unreserve(size);
      throw e;
    }
  }

  /** A piece that was idle; null: so much is reserved for a new one. */
  private synchronized @Nullable Piece reserve(long size) {
    Deque<Piece> fitting = idle.get(size);
    Piece kept = fitting == null ? null : fitting.poll();
    if (kept != null) {
      idleBytes -= size;
      usedBytes += size;
      return kept;
    }
    if (size > limit - usedBytes) {
      throw full(size);
    }
    while (idleBytes > limit - usedBytes - size) {
      freeLargest();
    }
    usedBytes += size;
    return null;
  }

  @GuardedBy("this")
  private void freeLargest() {
    var largest = idle.lastEntry();
    Piece piece = largest.getValue().poll();
    if (piece == null) {
      idle.remove(largest.getKey());
      return;
    }
    idleBytes -= piece.bytes();
    piece.free();
  }

  private synchronized void unreserve(long size) {
    usedBytes -= size;
  }

  private synchronized void giveBack(Piece piece) {
    usedBytes -= piece.bytes();
    if (closed || piece.bytes() > limit / 4 - idleBytes) {
      piece.free();
      return;
    }
    idleBytes += piece.bytes();
    idle.computeIfAbsent(piece.bytes(), _ -> new ArrayDeque<>()).push(piece);
  }

  /** Frees what is idle now, and what comes back later when it does. */
  @Override
  public synchronized void close() {
    closed = true;
    while (!idle.isEmpty()) {
      freeLargest();
    }
  }

  /**
   * What one request has.
   *
   * <p><b>Threading:</b> {@link #take} by one thread at a time, before {@link #close}, which any
   * may call. Idempotent.
   */
  final class Loan implements AutoCloseable {
    @GuardedBy("this")
    private final List<Piece> pieces = new ArrayList<>();

    @GuardedBy("this")
    private NativeHandles.@Nullable Handle handle;

    private Loan() {}

    /**
     * Memory of so many bytes, whatever they were; until this is closed.
     *
     * @throws ServerException {@code QUEUE_FULL} if the budget has no room for it now
     */
    synchronized MemorySegment take(long bytes) {
      Piece piece = TensorMemory.this.take(bytes);
      if (handle == null) {
        handle = NativeHandles.register("inference.Loan", bytes + " bytes");
      }
      pieces.add(piece);
      return piece.memory.asSlice(0, bytes);
    }

    @Override
    public synchronized void close() {
      pieces.forEach(TensorMemory.this::giveBack);
      pieces.clear();
      if (handle != null) {
        var _ = handle.close();
        handle = null;
      }
    }
  }
}
