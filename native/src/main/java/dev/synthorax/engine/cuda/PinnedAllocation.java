package dev.synthorax.engine.cuda;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.NativeHandles;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Host memory that a device's streams copy from and to.
 *
 * <p><b>Ownership:</b> as {@link DeviceMemory}; given back to the pool that it came from.
 *
 * <p><b>Threading:</b> as {@link DeviceMemory}.
 */
final class PinnedAllocation implements DeviceMemory {
  private final NativeHandles.Handle handle;
  private final PinnedPool pool; // borrowed
  private final Arena access = Arena.ofShared(); // owned; ends the segment, not the memory
  private final long address; // owned
  private final DeviceBuffer buffer;

  @SuppressWarnings("restricted")
  private PinnedAllocation(PinnedPool pool, Device device, long byteSize) {
    this.pool = pool;
    address = pool.allocate(PinnedPool.blockBytes(byteSize));
    handle = NativeHandles.register("cuda.PinnedAllocation", byteSize + " bytes");
    MemorySegment bytes = MemorySegment.ofAddress(address).reinterpret(byteSize, access, null);
    bytes.fill((byte) 0);
    buffer = DeviceBuffer.ofHost(device, bytes, handle);
  }

  @MustBeClosed
  static PinnedAllocation open(PinnedPool pool, Device device, long byteSize) {
    return new PinnedAllocation(pool, device, byteSize);
  }

  @Override
  public DeviceBuffer buffer() {
    handle.requireOpen();
    return buffer;
  }

  @Override
  public void close() {
    if (handle.close()) {
      long bytes = PinnedPool.blockBytes(buffer.byteSize());
      access.close();
      pool.free(address, bytes);
    }
  }
}
