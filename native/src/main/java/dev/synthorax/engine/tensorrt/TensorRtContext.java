package dev.synthorax.engine.tensorrt;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceFence;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.GraphTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.engine.cuda.CudaDriver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One plan at one row count. The first run on a stream is enqueued piece by piece and waited for;
 * then the work is recorded once and replayed, as long as stream and memory stay the same. What
 * cannot be recorded is enqueued piece by piece for good.
 *
 * <p><b>Ownership:</b> owns the library's context, the memory of inputs and outputs, and the
 * recording; borrows engine and driver.
 *
 * <p><b>Threading:</b> as {@link ExecutionContext}.
 */
final class TensorRtContext implements ExecutionContext {
  private static final Logger logger = LoggerFactory.getLogger(TensorRtContext.class);

  private final NativeHandles.Handle handle;
  private final CudaDriver driver;
  private final Device device;
  private final GraphTensor.Shapes shapes;
  private final TensorRt.EngineContext engine; // owned
  private final ActivationArena.PerStream arenas;
  private final Runnable onClose;
  private final Map<String, DeviceMemory> memory = new LinkedHashMap<>(); // owned
  private final DeviceFence ran; // owned; marks the latest run
  private final Runnable enqueueOnce = this::enqueueOnce;
  private @Nullable DeviceStream stream; // of the latest run
  private @Nullable ActivationArena arena; // of that stream
  private int generation; // of the arena's memory that the engine knows
  private long streamHandle;
  private boolean flushed; // a run went through since memory or stream changed
  private boolean recordable = true;
  private CudaDriver.@Nullable Graph recording; // owned

  private TensorRtContext(
      String planName,
      CudaDriver driver,
      Device device,
      GraphTensor.Shapes shapes,
      TensorRt.EngineContext engine,
      ActivationArena.PerStream arenas,
      DeviceFence ran,
      Runnable onClose) {
    this.handle =
        NativeHandles.register("tensorrt.ExecutionContext", planName + " rows " + shapes.rows());
    this.driver = driver;
    this.device = device;
    this.shapes = shapes;
    this.engine = engine;
    this.arenas = arenas;
    this.ran = ran;
    this.onClose = onClose;
  }

  /**
   * Allocates and binds.
   *
   * @param engine adopted, on failure too
   * @param onClose told once, after all is freed
   */
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // the context closes what it is given
  static TensorRtContext adopt(
      String planName,
      CudaDriver driver,
      Device device,
      GraphTensor.Shapes shapes,
      TensorRt.EngineContext engine,
      ActivationArena.PerStream arenas,
      Runnable onClose) {
    DeviceFence ran;
    try {
      ran = driver.openFence(device);
    } catch (RuntimeException failure) {
      engine.close();
      throw failure;
    }
    var context =
        new TensorRtContext(planName, driver, device, shapes, engine, arenas, ran, onClose);
    try {
      context.bind();
      return context;
    } catch (RuntimeException | Error failure) {
      context.handle.close();
      context.free();
      throw failure;
    }
  }

  private void bind() {
    for (TensorSpec spec : shapes.inputs()) {
      bind(spec);
    }
    for (TensorSpec spec : shapes.outputs()) {
      List<Long> computed = engine.shape(spec.name());
      if (!computed.equals(spec.shape())) {
        throw new InferenceException(
            ErrorReason.UNSUPPORTED,
            "%s: %s is %s (expected: %s, as the graph says)"
                .formatted(handle.name(), spec.name(), computed, spec.shape()));
      }
      bind(spec);
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // closed by free
  private void bind(TensorSpec spec) {
    DeviceMemory buffer = memory.get(spec.name()); // an input that is an output too has one
    if (buffer == null) {
      buffer = driver.openMemory(device, spec.byteSize());
      memory.put(spec.name(), buffer);
    }
    engine.bind(spec.name(), buffer.buffer().address());
  }

  @Override
  public List<TensorSpec> inputs() {
    return shapes.inputs();
  }

  @Override
  public List<TensorSpec> outputs() {
    return shapes.outputs();
  }

  @Override
  public int rows() {
    return shapes.rows();
  }

  @Override
  public DeviceBuffer buffer(String name) {
    handle.requireOpen();
    DeviceMemory buffer = memory.get(name);
    if (buffer == null) {
      throw new IllegalArgumentException(
          "buffer: " + name + " (expected: one of " + memory.keySet() + ")");
    }
    return buffer.buffer();
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // streams are resources, no values
  public void enqueue(DeviceStream on) {
    handle.requireOpen();
    if (!on.device().equals(device)) {
      throw new IllegalArgumentException(
          "stream: of %s (expected: of %s)".formatted(on.device().name(), device.name()));
    }
    if (on != stream || arena == null) {
      moveTo(on);
    }
    if (requireArena().generation() != generation) {
      useMemory(requireArena());
    }
    if (recording == null && flushed && recordable) {
      record(on);
    }
    if (recording != null) {
      recording.launch(on);
    } else {
      driver.makeCurrent(device);
      enqueueOnce();
    }
    on.record(ran);
    if (!flushed) {
      on.synchronize(); // what the library put off until its first run is done, too
      flushed = true;
    }
  }

  private ActivationArena requireArena() {
    if (arena == null) {
      throw new IllegalStateException(handle.name() + ": no arena");
    }
    return arena;
  }

  private void moveTo(DeviceStream on) {
    long number = driver.handle(on);
    ran.await(); // the library's context runs on one stream at a time
    ActivationArena former = arena;
    ActivationArena joined = arenas.join(on);
    arena = joined;
    stream = on;
    streamHandle = number;
    if (former != null) {
      arenas.leave(former);
    }
    useMemory(joined);
  }

  private void useMemory(ActivationArena from) {
    forgetRecording();
    from.serve(engine.activationBytes());
    driver.makeCurrent(device);
    engine.useMemory(from.address(), from.byteSize());
    generation = from.generation();
  }

  private void forgetRecording() {
    flushed = false;
    CudaDriver.Graph former = recording;
    recording = null;
    if (former != null) {
      former.close();
    }
  }

  private void enqueueOnce() {
    engine.enqueue(streamHandle);
  }

  @SuppressWarnings("MustBeClosedChecker") // closed by forgetRecording
  private void record(DeviceStream on) {
    driver.makeCurrent(device);
    try {
      recording = driver.capture(on, enqueueOnce);
    } catch (InferenceException failure) {
      if (failure.reason() == ErrorReason.DEVICE_LOST) {
        throw failure;
      }
      recordable = false;
      logger
          .atInfo()
          .addKeyValue("plan", handle.name())
          .addKeyValue("reason", failure.getMessage())
          .log("A plan's work cannot be recorded; it is enqueued piece by piece");
    }
  }

  @Override
  public void close() {
    if (handle.close()) {
      free();
      onClose.run();
    }
  }

  /** The recording first, then the library's context, then the memory that both point at. */
  private void free() {
    forgetRecording();
    engine.close();
    memory.values().forEach(DeviceMemory::close);
    ran.close();
    if (arena != null) {
      arenas.leave(arena);
      arena = null;
    }
  }
}
