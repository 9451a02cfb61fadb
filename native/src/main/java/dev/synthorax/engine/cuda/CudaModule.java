package dev.synthorax.engine.cuda;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Compiled kernels, loaded on one device.
 *
 * <p><b>Ownership:</b> owns the driver's module; borrows the context; closed once no kernel of it
 * is enqueued.
 *
 * <p><b>Threading:</b> any thread.
 */
final class CudaModule implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private final NativeHandles.Handle handle;
  private final CudaContext context; // borrowed
  private final long module; // owned

  private CudaModule(CudaContext context, byte[] cubin) {
    this.context = context;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment image = arena.allocate(cubin.length, ALIGNMENT);
      image.copyFrom(MemorySegment.ofArray(cubin));
      module = context.create(DriverCall.cuModuleLoadData, image.address());
    }
    handle = NativeHandles.register("cuda.Module", context.device().name());
  }

  /**
   * Loads what NVRTC made for this device.
   *
   * @throws InferenceException {@code BACKEND_FAILURE} if it is no such code
   */
  @MustBeClosed
  static CudaModule load(CudaContext context, byte[] cubin) {
    return new CudaModule(context, cubin);
  }

  /**
   * A kernel.
   *
   * @param name as the code says it, {@code extern "C"}
   * @return lives as long as this module
   * @throws InferenceException {@code BACKEND_FAILURE} if there is none of that name
   */
  CudaFunction function(String name) {
    handle.requireOpen();
    try (Arena arena = Arena.ofConfined()) {
      long text = arena.allocateFrom(name).address();
      return new CudaFunction(
          context, handle, context.create(DriverCall.cuModuleGetFunction, module, text));
    }
  }

  @Override
  public void close() {
    if (handle.close()) {
      context.release(DriverCall.cuModuleUnload, module);
    }
  }
}
