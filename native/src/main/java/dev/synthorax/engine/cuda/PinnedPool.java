package dev.synthorax.engine.cuda;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Host memory that stays where it is, so that a device copies it without a detour. Locking pages is
 * slow: blocks that were given back are kept up to a limit and handed out again.
 *
 * <p><b>Ownership:</b> owns the blocks that it keeps; borrows the context.
 *
 * <p><b>Threading:</b> any thread.
 */
final class PinnedPool implements AutoCloseable {
  private static final long ANY_DEVICE = 1; // CU_MEMHOSTALLOC_PORTABLE
  private static final long SMALLEST = 4096;
  private static final long KEPT_BYTES = 64L << 20;

  private final CudaContext context;
  private final Map<Long, Deque<Long>> kept = new HashMap<>(); // addresses by size
  private long keptBytes;

  PinnedPool(CudaContext context) {
    this.context = context;
  }

  /** Size of the block that holds so many bytes. */
  static long blockBytes(long byteSize) {
    return byteSize <= SMALLEST ? SMALLEST : Long.highestOneBit(byteSize - 1) << 1;
  }

  /**
   * A block, its bytes as they were left.
   *
   * @param blockBytes as {@link #blockBytes} gives it
   * @return its address, page-aligned
   * @throws InferenceException {@code OUT_OF_MEMORY} if the host has no room left
   */
  long allocate(long blockBytes) {
    synchronized (this) {
      Deque<Long> blocks = kept.get(blockBytes);
      Long block = blocks == null ? null : blocks.poll();
      if (block != null) {
        keptBytes -= blockBytes;
        return block;
      }
    }
    try {
      return context.create(DriverCall.cuMemHostAlloc, blockBytes, ANY_DEVICE);
    } catch (InferenceException failure) {
      if (failure.reason() != ErrorReason.OUT_OF_MEMORY) {
        throw failure;
      }
      throw new InferenceException(
          ErrorReason.OUT_OF_MEMORY,
          "%s: the host has no room to lock %d bytes for its copies"
              .formatted(context.device().name(), blockBytes),
          failure);
    }
  }

  /** Takes back what {@link #allocate} gave; no enqueued work uses it. */
  void free(long address, long blockBytes) {
    synchronized (this) {
      if (keptBytes + blockBytes <= KEPT_BYTES) {
        keptBytes += blockBytes;
        kept.computeIfAbsent(blockBytes, size -> new ArrayDeque<>()).push(address);
        return;
      }
    }
    context.release(DriverCall.cuMemFreeHost, address);
  }

  @Override
  public synchronized void close() {
    kept.values()
        .forEach(
            blocks -> blocks.forEach(block -> context.release(DriverCall.cuMemFreeHost, block)));
    kept.clear();
    keptBytes = 0;
  }
}
