package dev.synthorax.engine.cuda;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;

/**
 * One device that is in use: its context and the memory that it keeps.
 *
 * <p><b>Ownership:</b> owns all three; closed after all that was opened on the device.
 *
 * <p><b>Threading:</b> any thread.
 */
record CudaDevice(CudaContext context, DevicePool memory, PinnedPool pinned)
    implements AutoCloseable {

  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // closed by close
  static CudaDevice open(CudaLibrary library, Device device) {
    CudaContext context = CudaContext.open(library, device);
    try {
      return new CudaDevice(context, DevicePool.open(context), new PinnedPool(context));
    } catch (RuntimeException failure) {
      context.close();
      throw failure;
    }
  }

  @Override
  public void close() {
    try (context;
        memory;
        pinned) {
      // in reverse
    }
  }
}
