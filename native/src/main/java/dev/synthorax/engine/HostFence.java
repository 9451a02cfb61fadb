package dev.synthorax.engine;

import com.google.errorprone.annotations.MustBeClosed;

/**
 * A point in a {@link HostStream}, which is always passed: the stream runs its work at once.
 *
 * <p><b>Ownership:</b> as {@link HostStream}.
 *
 * <p><b>Threading:</b> any thread.
 */
final class HostFence implements DeviceFence {
  private final NativeHandles.Handle handle;

  private HostFence(Device device) {
    this.handle = NativeHandles.register("engine.HostFence", device.name());
  }

  @MustBeClosed
  static HostFence open(Device device) {
    return new HostFence(device);
  }

  @Override
  public boolean passed() {
    handle.requireOpen();
    return true;
  }

  @Override
  public void await() {
    handle.requireOpen();
  }

  @Override
  public void close() {
    handle.close();
  }
}
