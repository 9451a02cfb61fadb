package dev.synthorax.engine.cuda;

import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.NativeHandles;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A kernel that takes one structure by value.
 *
 * <p><b>Ownership:</b> belongs to its module.
 *
 * <p><b>Threading:</b> any thread, with a stream of its own.
 */
final class CudaFunction {
  private final CudaContext context; // borrowed
  private final NativeHandles.Handle module; // borrowed
  private final long function;

  CudaFunction(CudaContext context, NativeHandles.Handle module, long function) {
    this.context = context;
    this.module = module;
    this.function = function;
  }

  /**
   * Enqueues the kernel on a grid of blocks of one dim.
   *
   * @param stream of the module's device
   * @param parameter the structure's bytes, in native memory; copied before this returns
   * @throws IllegalArgumentException if the stream is another device's
   */
  void launch(DeviceStream stream, int gridX, int gridY, int blockX, MemorySegment parameter) {
    module.requireOpen();
    CudaStream own = CudaStream.of(stream, context);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment parameters = arena.allocateFrom(ValueLayout.ADDRESS, parameter);
      context.launch(function, gridX, gridY, blockX, own.handle(), parameters.address());
    }
  }
}
