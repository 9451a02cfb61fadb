package dev.synthorax.engine.cuda;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.NativeHandles;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Work that was recorded once and is enqueued as one.
 *
 * <p><b>Ownership:</b> as {@link CudaDriver.Graph}.
 *
 * <p><b>Threading:</b> as {@link CudaDriver.Graph}.
 */
final class CudaGraph implements CudaDriver.Graph {
  private static final long THREAD_LOCAL = 1; // CUstreamCaptureMode
  private static final long NO_FLAGS = 0;

  private final NativeHandles.Handle handle;
  private final CudaContext context; // borrowed
  private final long graph; // owned: the instance; what it was made from is gone

  private CudaGraph(CudaContext context, long graph) {
    this.context = context;
    this.graph = graph;
    handle = NativeHandles.register("cuda.Graph", context.device().name());
  }

  /** Records what a piece of code enqueues on a stream; see {@link CudaDriver#capture}. */
  @MustBeClosed
  static CudaGraph capture(CudaStream stream, Runnable work) {
    CudaContext context = stream.context();
    long queue = stream.handle();
    context.call(DriverCall.cuStreamBeginCapture_v2, queue, THREAD_LOCAL);
    long recorded;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      try {
        work.run();
        context.call(DriverCall.cuStreamEndCapture, queue, out.address());
      } catch (Throwable failure) {
        abandon(context, queue, out);
        throw failure;
      }
      recorded = out.get(JAVA_LONG, 0);
    }
    try {
      return new CudaGraph(
          context, context.create(DriverCall.cuGraphInstantiateWithFlags, recorded, NO_FLAGS));
    } finally {
      context.release(DriverCall.cuGraphDestroy, recorded);
    }
  }

  /** Ends a recording whose work failed: its stream is usable again. */
  private static void abandon(CudaContext context, long queue, MemorySegment out) {
    context.abandon(queue, out.address());
    if (out.get(JAVA_LONG, 0) != 0) {
      context.release(DriverCall.cuGraphDestroy, out.get(JAVA_LONG, 0));
    }
  }

  @Override
  public void launch(DeviceStream stream) {
    handle.requireOpen();
    context.call(DriverCall.cuGraphLaunch, graph, CudaStream.of(stream, context).handle());
  }

  @Override
  public void close() {
    if (handle.close()) {
      context.release(DriverCall.cuGraphExecDestroy, graph);
    }
  }
}
