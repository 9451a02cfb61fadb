package dev.synthorax.engine.cuda;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The primary context of one device, which CUDA's runtime uses too: every call on the device passes
 * here, with the context current on its thread. A result after which the device answers nothing
 * else is remembered, and each later call says so at once.
 *
 * <p><b>Ownership:</b> owns one reference to the context; closed after all that lives in it.
 *
 * <p><b>Threading:</b> any thread.
 */
final class CudaContext implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(CudaContext.class);

  private final NativeHandles.Handle handle;
  private final CudaLibrary library; // borrowed
  private final Device device;
  private final long ordinal;
  private final long context;
  private volatile @Nullable String lost; // what every call says from then on

  private CudaContext(CudaLibrary library, Device device) {
    this.library = library;
    this.device = device;
    ordinal = library.read(DriverCall.cuDeviceGet, device.index());
    handle = NativeHandles.register("cuda.Context", device.name());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      DriverCall retain = DriverCall.cuDevicePrimaryCtxRetain;
      check(retain, library.call(retain, out.address(), ordinal));
      context = out.get(JAVA_LONG, 0);
    } catch (RuntimeException failure) {
      handle.close();
      throw failure;
    }
  }

  @MustBeClosed
  static CudaContext open(CudaLibrary library, Device device) {
    return new CudaContext(library, device);
  }

  Device device() {
    return device;
  }

  /** The device's number for the driver. */
  long ordinal() {
    return ordinal;
  }

  void requireOpen() {
    handle.requireOpen();
  }

  /**
   * Makes the context the calling thread's.
   *
   * @throws InferenceException {@code DEVICE_LOST} if the device answers nothing any more
   */
  void makeCurrent() {
    String message = lost;
    if (message != null) {
      throw new InferenceException(ErrorReason.DEVICE_LOST, message);
    }
    check(DriverCall.cuCtxSetCurrent, library.call(DriverCall.cuCtxSetCurrent, context));
  }

  /**
   * Calls a function on the device.
   *
   * @throws InferenceException with the reason that {@link CudaResult#reason} gives
   */
  void call(DriverCall function, long first) {
    check(function, result(function, first));
  }

  /** As {@link #call(DriverCall, long)}, and gives the result. */
  int result(DriverCall function, long first) {
    makeCurrent();
    return library.call(function, first);
  }

  void call(DriverCall function, long first, long second) {
    makeCurrent();
    check(function, library.call(function, first, second));
  }

  void call(DriverCall function, long first, long second, long third) {
    makeCurrent();
    check(function, library.call(function, first, second, third));
  }

  void call(DriverCall function, long first, long second, long third, long fourth) {
    makeCurrent();
    check(function, library.call(function, first, second, third, fourth));
  }

  /** What a function writes to the address that it takes first: a handle or an address. */
  long create(DriverCall function, long second) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      call(function, out.address(), second);
      return out.get(JAVA_LONG, 0);
    }
  }

  long create(DriverCall function, long second, long third) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      call(function, out.address(), second, third);
      return out.get(JAVA_LONG, 0);
    }
  }

  void launch(long kernel, int gridX, int gridY, int blockX, long stream, long parameters) {
    makeCurrent();
    check(
        DriverCall.cuLaunchKernel,
        library.launch(kernel, gridX, gridY, blockX, stream, parameters));
  }

  /** Fails unless a call went well. */
  void check(DriverCall function, int result) {
    if (result != CudaResult.SUCCESS) {
      throw failure(function, result);
    }
  }

  private InferenceException failure(DriverCall function, int result) {
    String what =
        "%s: %s from %s".formatted(device.name(), library.describe(result), function.name());
    ErrorReason reason = CudaResult.reason(result);
    if (reason != ErrorReason.DEVICE_LOST) {
      return new InferenceException(reason, what);
    }
    String message = what + "; the device is lost to this process, restart the server";
    if (lost == null) {
      lost = message;
    }
    return new InferenceException(reason, message);
  }

  /**
   * Calls a function that gives something back. It does so whatever it returns: a failure is one of
   * work before it, and nobody waits for it here; the log says it unless it was said before.
   */
  void release(DriverCall function, long first) {
    library.call(DriverCall.cuCtxSetCurrent, context);
    released(function, library.call(function, first));
  }

  void release(DriverCall function, long first, long second) {
    library.call(DriverCall.cuCtxSetCurrent, context);
    released(function, library.call(function, first, second));
  }

  /** Ends a recording, however it went. */
  void abandon(long stream, long out) {
    library.call(DriverCall.cuCtxSetCurrent, context);
    library.call(DriverCall.cuStreamEndCapture, stream, out);
  }

  private void released(DriverCall function, int result) {
    if (result != CudaResult.SUCCESS && lost == null) {
      logger
          .atWarn()
          .addKeyValue("failure", failure(function, result).getMessage())
          .log("A device failed while something on it was freed");
    }
  }

  @Override
  public void close() {
    if (handle.close()) {
      released(
          DriverCall.cuDevicePrimaryCtxRelease_v2,
          library.call(DriverCall.cuDevicePrimaryCtxRelease_v2, ordinal));
    }
  }
}
