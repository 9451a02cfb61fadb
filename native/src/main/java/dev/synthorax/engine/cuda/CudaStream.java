package dev.synthorax.engine.cuda;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceFence;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.NativeHandles;

/**
 * A stream of one device, which does not wait for the default one. Memory of the processor that was
 * not opened as staging may be copied from and to, by way of a copy that the driver makes.
 *
 * <p><b>Ownership:</b> as {@link DeviceStream}.
 *
 * <p><b>Threading:</b> as {@link DeviceStream}.
 */
final class CudaStream implements DeviceStream {
  private static final long NON_BLOCKING = 1;

  private final NativeHandles.Handle handle;
  private final CudaContext context; // borrowed
  private final long stream; // owned

  private CudaStream(CudaContext context) {
    this.context = context;
    stream = context.create(DriverCall.cuStreamCreate, NON_BLOCKING);
    handle = NativeHandles.register("cuda.Stream", context.device().name());
  }

  @MustBeClosed
  static CudaStream open(CudaContext context) {
    return new CudaStream(context);
  }

  /**
   * A stream of a device.
   *
   * @throws IllegalArgumentException if it is none of CUDA's, or another device's
   */
  static CudaStream of(DeviceStream stream, CudaContext context) {
    if (!(stream instanceof CudaStream own) || own.context != context) {
      throw new IllegalArgumentException(
          "stream: of %s (expected: of %s)"
              .formatted(stream.device().name(), context.device().name()));
    }
    return own;
  }

  /** As the driver counts. */
  long handle() {
    handle.requireOpen();
    return stream;
  }

  CudaContext context() {
    return context;
  }

  @Override
  public Device device() {
    handle.requireOpen();
    return context.device();
  }

  @Override
  public void copy(DeviceBuffer from, DeviceBuffer to) {
    handle.requireOpen();
    if (from.byteSize() != to.byteSize()) {
      throw new IllegalArgumentException(
          "to: %d bytes (expected: %d, as from)".formatted(to.byteSize(), from.byteSize()));
    }
    long source = address(from, from.isHost() || isOwn(from));
    long target = address(to, to.isHost() || isOwn(to));
    if (to.byteSize() > 0) {
      context.call(DriverCall.cuMemcpyAsync, target, source, to.byteSize(), stream);
    }
  }

  @Override
  public void zero(DeviceBuffer buffer) {
    handle.requireOpen();
    long target = address(buffer, isOwn(buffer));
    if (buffer.byteSize() > 0) {
      context.call(DriverCall.cuMemsetD8Async, target, 0, buffer.byteSize(), stream);
    }
  }

  private boolean isOwn(DeviceBuffer buffer) {
    return buffer.device().equals(context.device());
  }

  private long address(DeviceBuffer buffer, boolean reachable) {
    long address = buffer.address(); // fails once its owner is closed
    if (!reachable) {
      throw new IllegalStateException(
          "buffer: of %s (expected: of %s)"
              .formatted(buffer.device().name(), context.device().name()));
    }
    return address;
  }

  @Override
  public void record(DeviceFence fence) {
    context.call(DriverCall.cuEventRecord, eventOf(fence, true), stream);
  }

  @Override
  public void waitFor(DeviceFence fence) {
    context.call(DriverCall.cuStreamWaitEvent, stream, eventOf(fence, false), 0);
  }

  private long eventOf(DeviceFence fence, boolean own) {
    handle.requireOpen();
    if (!(fence instanceof CudaFence event)) {
      throw new IllegalArgumentException("fence: of another backend (expected: one of CUDA's)");
    }
    return own ? event.handleOn(context) : event.handle();
  }

  @Override
  public void synchronize() {
    handle.requireOpen();
    context.call(DriverCall.cuStreamSynchronize, stream);
  }

  @Override
  public void close() {
    if (handle.close()) {
      context.release(DriverCall.cuStreamSynchronize, stream);
      context.release(DriverCall.cuStreamDestroy_v2, stream);
    }
  }
}
