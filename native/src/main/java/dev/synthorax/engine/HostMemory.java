package dev.synthorax.engine;

import com.google.errorprone.annotations.MustBeClosed;
import java.lang.foreign.Arena;

/**
 * Memory of the processor, shared between threads.
 *
 * <p><b>Ownership:</b> owns its arena.
 *
 * <p><b>Threading:</b> as {@link DeviceMemory}.
 */
final class HostMemory implements DeviceMemory {

  /** A cache line, and the widest vector. */
  private static final long ALIGNMENT = 64;

  private final NativeHandles.Handle handle;
  private final Arena arena = Arena.ofShared(); // owned
  private final DeviceBuffer buffer;

  private HostMemory(Device device, long byteSize) {
    handle = NativeHandles.register("engine.HostMemory", byteSize + " bytes");
    try {
      buffer = DeviceBuffer.ofHost(device, arena.allocate(byteSize, ALIGNMENT), handle);
    } catch (OutOfMemoryError failure) {
      close();
      throw new InferenceException(
          ErrorReason.OUT_OF_MEMORY,
          "%s: no room for %d bytes".formatted(device.name(), byteSize),
          failure);
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  @MustBeClosed
  static HostMemory open(Device device, long byteSize) {
    return new HostMemory(device, byteSize);
  }

  @Override
  public DeviceBuffer buffer() {
    handle.requireOpen();
    return buffer;
  }

  @Override
  public void close() {
    if (handle.close()) {
      arena.close();
    }
  }
}
