package dev.synthorax.engine.cuda;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.DeviceFence;
import dev.synthorax.engine.NativeHandles;

/**
 * An event of one device, without times; who awaits it sleeps.
 *
 * <p><b>Ownership:</b> as {@link DeviceFence}.
 *
 * <p><b>Threading:</b> as {@link DeviceFence}.
 */
final class CudaFence implements DeviceFence {
  private static final long BLOCKING_SYNC = 1;
  private static final long DISABLE_TIMING = 2;

  private final NativeHandles.Handle handle;
  private final CudaContext context; // borrowed
  private final long event; // owned

  private CudaFence(CudaContext context) {
    this.context = context;
    event = context.create(DriverCall.cuEventCreate, BLOCKING_SYNC | DISABLE_TIMING);
    handle = NativeHandles.register("cuda.Fence", context.device().name());
  }

  @MustBeClosed
  static CudaFence open(CudaContext context) {
    return new CudaFence(context);
  }

  /** As the driver counts. */
  long handle() {
    handle.requireOpen();
    return event;
  }

  /**
   * As {@link #handle()}, to be recorded.
   *
   * @throws IllegalArgumentException if it is another device's
   */
  long handleOn(CudaContext recording) {
    handle.requireOpen();
    if (recording != context) {
      throw new IllegalArgumentException(
          "fence: of %s (expected: of %s)"
              .formatted(context.device().name(), recording.device().name()));
    }
    return event;
  }

  @Override
  public boolean passed() {
    handle.requireOpen();
    int result = context.result(DriverCall.cuEventQuery, event);
    if (result == CudaResult.NOT_READY) {
      return false;
    }
    context.check(DriverCall.cuEventQuery, result);
    return true;
  }

  @Override
  public void await() {
    handle.requireOpen();
    context.call(DriverCall.cuEventSynchronize, event);
  }

  @Override
  public void close() {
    if (handle.close()) {
      context.release(DriverCall.cuEventDestroy_v2, event);
    }
  }
}
