package dev.synthorax.engine.cuda;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.NativeHandles;

/**
 * Memory that only the device reaches.
 *
 * <p><b>Ownership:</b> as {@link DeviceMemory}; given back to the pool that it came from.
 *
 * <p><b>Threading:</b> as {@link DeviceMemory}.
 */
final class DeviceAllocation implements DeviceMemory {
  private final NativeHandles.Handle handle;
  private final DevicePool pool; // borrowed
  private final long address; // owned
  private final DeviceBuffer buffer;

  private DeviceAllocation(DevicePool pool, Device device, long byteSize) {
    this.pool = pool;
    address = pool.allocate(Math.max(1, byteSize));
    handle = NativeHandles.register("cuda.DeviceAllocation", byteSize + " bytes");
    buffer = DeviceBuffer.ofDevice(device, address, byteSize, handle);
  }

  @MustBeClosed
  static DeviceAllocation open(DevicePool pool, Device device, long byteSize) {
    return new DeviceAllocation(pool, device, byteSize);
  }

  @Override
  public DeviceBuffer buffer() {
    handle.requireOpen();
    return buffer;
  }

  @Override
  public void close() {
    if (handle.close()) {
      pool.free(address);
    }
  }
}
