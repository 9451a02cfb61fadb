package dev.synthorax.engine.cuda;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A context of the processor's, run as a host function in a fake stream's order: inputs come from
 * the device's bytes, which are the host's, and outputs go there. What fails is thrown by the next
 * run, or when this is closed: a device's kernels have no failure of their own to tell.
 *
 * <p><b>Ownership:</b> owns the processor's context and stream, and memory of the device.
 *
 * <p><b>Threading:</b> as {@link ExecutionContext}; the host function runs on whichever thread
 * waits for the stream.
 */
final class StandInContext implements ExecutionContext {
  private static final long ALIGNMENT = 256;

  /** The same tensor on the device and on the processor. */
  private record Pair(MemorySegment device, MemorySegment host) {}

  private final NativeHandles.Handle handle;
  private final StandInBackend backend;
  private final ExecutionContext context; // owned
  private final DeviceStream hostStream; // owned
  private final DeviceMemory memory; // owned
  private final CudaContext cuda;
  private final Device device;
  private final Runnable onClose;
  private final Map<String, DeviceBuffer> buffers = new LinkedHashMap<>();
  private final List<Pair> inputs = new ArrayList<>();
  private final List<Pair> outputs = new ArrayList<>();
  private final Arena arena = Arena.ofShared(); // owned
  private final MemorySegment stub;
  private volatile @Nullable RuntimeException failure;

  private StandInContext(
      StandInBackend backend,
      ExecutionContext context,
      DeviceStream hostStream,
      DeviceMemory memory,
      CudaContext cuda,
      Device device,
      Runnable onClose) {
    this.backend = backend;
    this.context = context;
    this.hostStream = hostStream;
    this.memory = memory;
    this.cuda = cuda;
    this.device = device;
    this.onClose = onClose;
    long place = 0;
    for (TensorSpec spec : context.inputs()) {
      place = place(spec, place, inputs);
    }
    for (TensorSpec spec : context.outputs()) {
      place = place(spec, place, outputs);
    }
    stub = HostFunctions.stub(this::run, arena);
    handle = NativeHandles.register("fakegpu.ExecutionContext", "rows " + context.rows());
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // closed by close
  static StandInContext open(
      StandInBackend backend,
      ExecutionContext context,
      Device host,
      CudaContext cuda,
      Device device,
      Runnable onClose) {
    try {
      long bytes = 0;
      for (TensorSpec spec : context.inputs()) {
        bytes = after(bytes, spec);
      }
      for (TensorSpec spec : context.outputs()) {
        bytes = after(bytes, spec);
      }
      DeviceMemory memory = backend.openMemory(device, bytes);
      return new StandInContext(
          backend, context, backend.openHostStream(host), memory, cuda, device, onClose);
    } catch (RuntimeException failure) {
      context.close();
      throw failure;
    }
  }

  private static long after(long place, TensorSpec spec) {
    return (place + spec.byteSize() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Gives a tensor its bytes; an input that is an output too has those of the input. */
  @SuppressWarnings("restricted") // the fake's memory is the host's
  private long place(TensorSpec spec, long place, List<Pair> pairs) {
    DeviceBuffer buffer =
        buffers.computeIfAbsent(spec.name(), _ -> memory.buffer().slice(place, spec.byteSize()));
    MemorySegment bytes = MemorySegment.ofAddress(buffer.address()).reinterpret(spec.byteSize());
    pairs.add(new Pair(bytes, context.buffer(spec.name()).host()));
    return after(place, spec);
  }

  @Override
  public List<TensorSpec> inputs() {
    return context.inputs();
  }

  @Override
  public List<TensorSpec> outputs() {
    return context.outputs();
  }

  @Override
  public int rows() {
    return context.rows();
  }

  @Override
  public DeviceBuffer buffer(String name) {
    handle.requireOpen();
    DeviceBuffer buffer = buffers.get(name);
    if (buffer == null) {
      throw new IllegalArgumentException(
          "buffer: " + name + " (expected: one of " + buffers.keySet() + ")");
    }
    return buffer;
  }

  @Override
  public void enqueue(DeviceStream stream) {
    handle.requireOpen();
    throwFailure();
    if (!stream.device().equals(device)) {
      throw new IllegalArgumentException(
          "stream: of %s (expected: of %s)".formatted(stream.device().name(), device.name()));
    }
    long target = backend.driver().handle(stream);
    for (int i = 0; i < inputs.size(); i++) {
      backend.functions().declare(target, inputs.get(i).device(), false);
    }
    for (int i = 0; i < outputs.size(); i++) {
      backend.functions().declare(target, outputs.get(i).device(), true);
    }
    backend.functions().launch(cuda, target, stub);
  }

  /** The host function; nothing may leave it. */
  private void run() {
    try {
      for (int i = 0; i < inputs.size(); i++) {
        Pair pair = inputs.get(i);
        MemorySegment.copy(pair.device(), 0, pair.host(), 0, pair.host().byteSize());
      }
      context.enqueue(hostStream);
      for (int i = 0; i < outputs.size(); i++) {
        Pair pair = outputs.get(i);
        MemorySegment.copy(pair.host(), 0, pair.device(), 0, pair.host().byteSize());
      }
    } catch (RuntimeException thrown) {
      failure = thrown;
    } catch (Throwable thrown) { // it must not pass native code
      failure = new IllegalStateException(thrown);
    }
  }

  private void throwFailure() {
    RuntimeException thrown = failure;
    failure = null;
    if (thrown != null) {
      throw thrown;
    }
  }

  @Override
  public void close() {
    if (handle.close()) {
      memory.close();
      hostStream.close();
      context.close();
      arena.close();
      onClose.run();
      throwFailure();
    }
  }
}
