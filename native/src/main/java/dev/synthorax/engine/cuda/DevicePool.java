package dev.synthorax.engine.cuda;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory of one device, from the driver's pool where the device has one: what is freed stays with
 * the process up to a limit, so that the next allocation is quick and waits for no other stream.
 *
 * <p><b>Ownership:</b> owns a stream that its allocations are ordered on; borrows the context.
 *
 * <p><b>Threading:</b> any thread.
 */
final class DevicePool implements AutoCloseable {
  private static final int NONE = 0;
  private static final int MEMORY_POOLS_SUPPORTED = 115; // CUdevice_attribute
  private static final int RELEASE_THRESHOLD = 4; // CUmemPool_attribute, as the two below
  private static final int RESERVED = 5;
  private static final int USED = 7;

  /** Freed bytes that stay with the process. */
  private static final long KEPT_BYTES = 256L << 20;

  private final CudaContext context;
  private final long pool;
  private final CudaStream stream; // owned

  @SuppressWarnings("MustBeClosedChecker") // closed by close
  private DevicePool(CudaContext context, boolean pooled) {
    this.context = context;
    pool = pooled ? context.create(DriverCall.cuDeviceGetDefaultMemPool, context.ordinal()) : NONE;
    if (pooled) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment kept = arena.allocateFrom(JAVA_LONG, KEPT_BYTES);
        context.call(DriverCall.cuMemPoolSetAttribute, pool, RELEASE_THRESHOLD, kept.address());
      }
    }
    stream = CudaStream.open(context);
  }

  @MustBeClosed
  static DevicePool open(CudaContext context) {
    long supported =
        context.create(DriverCall.cuDeviceGetAttribute, MEMORY_POOLS_SUPPORTED, context.ordinal());
    return new DevicePool(context, supported != 0);
  }

  /**
   * Bytes that every stream may use at once, all zero.
   *
   * @return their address, 256-byte aligned
   * @throws InferenceException {@code OUT_OF_MEMORY} if the device has no room left
   */
  long allocate(long byteSize) {
    long address;
    try {
      address =
          pool == NONE
              ? context.create(DriverCall.cuMemAlloc_v2, byteSize)
              : context.create(DriverCall.cuMemAllocAsync, byteSize, stream.handle());
    } catch (InferenceException failure) {
      if (failure.reason() != ErrorReason.OUT_OF_MEMORY) {
        throw failure;
      }
      throw new InferenceException(
          ErrorReason.OUT_OF_MEMORY,
          "%s: no room for %d bytes".formatted(context.device().name(), byteSize),
          failure);
    }
    try {
      context.call(DriverCall.cuMemsetD8Async, address, 0, byteSize, stream.handle());
      stream.synchronize();
    } catch (RuntimeException failure) {
      free(address);
      throw failure;
    }
    return address;
  }

  /** Frees what {@link #allocate} gave; no enqueued work uses it. */
  void free(long address) {
    if (pool == NONE) {
      context.release(DriverCall.cuMemFree_v2, address);
    } else {
      context.release(DriverCall.cuMemFreeAsync, address, stream.handle());
    }
  }

  /** Bytes that nobody uses, those kept in the pool among them. */
  long freeBytes() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG, 2);
      context.call(DriverCall.cuMemGetInfo_v2, out.address(), out.address() + Long.BYTES);
      long free = out.get(JAVA_LONG, 0);
      return pool == NONE ? free : free + attribute(RESERVED, out) - attribute(USED, out);
    }
  }

  private long attribute(int attribute, MemorySegment out) {
    context.call(DriverCall.cuMemPoolGetAttribute, pool, attribute, out.address());
    return out.get(JAVA_LONG, 0);
  }

  @Override
  public void close() {
    stream.close();
  }
}
