package dev.synthorax.engine;

import com.google.errorprone.annotations.MustBeClosed;

/**
 * The processor's stream: every piece of work runs on the calling thread, before the call returns.
 *
 * <p><b>Ownership:</b> owns nothing but its entry among the handles, so that it is missed when it
 * is not closed.
 *
 * <p><b>Threading:</b> as {@link DeviceStream}.
 */
final class HostStream implements DeviceStream {
  private final NativeHandles.Handle handle;
  private final Device device;

  private HostStream(Device device) {
    this.device = device;
    this.handle = NativeHandles.register("engine.HostStream", device.name());
  }

  @MustBeClosed
  static HostStream open(Device device) {
    return new HostStream(device);
  }

  @Override
  public Device device() {
    handle.requireOpen();
    return device;
  }

  @Override
  public void copy(DeviceBuffer from, DeviceBuffer to) {
    handle.requireOpen();
    if (from.byteSize() != to.byteSize()) {
      throw new IllegalArgumentException(
          "to: %d bytes (expected: %d, as from)".formatted(to.byteSize(), from.byteSize()));
    }
    to.host().copyFrom(from.host());
  }

  @Override
  public void zero(DeviceBuffer buffer) {
    handle.requireOpen();
    buffer.host().fill((byte) 0);
  }

  @Override
  public void record(DeviceFence fence) {
    handle.requireOpen();
    fence.await(); // passed already; fails where it is closed
  }

  @Override
  public void waitFor(DeviceFence fence) {
    handle.requireOpen();
    fence.await();
  }

  @Override
  public void synchronize() {
    handle.requireOpen();
  }

  @Override
  public void close() {
    handle.close();
  }
}
