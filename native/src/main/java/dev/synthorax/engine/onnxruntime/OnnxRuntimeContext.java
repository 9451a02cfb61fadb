package dev.synthorax.engine.onnxruntime;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.GraphTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.onnxruntime.IoBinding;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.Value;
import org.bytedeco.onnxruntime.global.onnxruntime;

/**
 * A binding of a session's inputs and outputs to buffers that never move.
 *
 * <p><b>Ownership:</b> owns the buffers, the tensors that view them and the binding; borrows the
 * session, which its plan closes after this.
 *
 * <p><b>Threading:</b> as {@link ExecutionContext}; opened on one thread and used on another as a
 * rule, so its memory is shared between threads.
 */
final class OnnxRuntimeContext implements ExecutionContext {

  /** A cache line, and the widest vector. */
  private static final long ALIGNMENT = 64;

  private final NativeHandles.Handle handle;
  private final Runnable onClose;
  private final Session session; // borrowed
  private final Device device;
  private final GraphTensor.Shapes shapes;
  private final Arena arena = Arena.ofShared(); // owned
  private final Deque<Pointer> owned = new ArrayDeque<>(); // last opened first
  private final Map<String, DeviceBuffer> buffers = new LinkedHashMap<>();
  private final IoBinding binding; // in owned
  private final RunOptions runOptions; // in owned

  private OnnxRuntimeContext(
      Session session,
      IoBinding binding,
      RunOptions runOptions,
      Device device,
      GraphTensor.Shapes shapes,
      String planName,
      Runnable onClose) {
    this.handle =
        NativeHandles.register("onnxruntime.ExecutionContext", planName + " rows " + shapes.rows());
    this.session = session;
    this.device = device;
    this.shapes = shapes;
    this.onClose = onClose;
    this.binding = own(binding);
    this.runOptions = own(runOptions);
  }

  /**
   * Allocates and binds.
   *
   * @param onClose told once, after the binding is gone
   */
  @MustBeClosed
  static OnnxRuntimeContext open(
      Session session,
      Device device,
      GraphTensor.Shapes shapes,
      String planName,
      Runnable onClose) {
    var context =
        new OnnxRuntimeContext(
            session, new IoBinding(session), new RunOptions(), device, shapes, planName, onClose);
    try {
      context.bind();
      return context;
    } catch (RuntimeException | OutOfMemoryError failure) {
      context.free();
      throw failure;
    }
  }

  private void bind() {
    try (MemoryInfo memory =
        MemoryInfo.CreateCpu(onnxruntime.OrtArenaAllocator, onnxruntime.OrtMemTypeDefault)) {
      for (TensorSpec spec : shapes.inputs()) {
        binding.BindInput(spec.name(), tensor(memory, spec));
      }
      for (TensorSpec spec : shapes.outputs()) {
        binding.BindOutput(spec.name(), tensor(memory, spec));
      }
    }
  }

  private Value tensor(MemoryInfo memory, TensorSpec spec) {
    MemorySegment buffer =
        buffers.computeIfAbsent(spec.name(), _ -> allocate(spec.byteSize())).host();
    long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
    try (SegmentPointer data = new SegmentPointer(buffer)) {
      return own(
          Value.CreateTensor(
              memory.asOrtMemoryInfo(),
              data,
              buffer.byteSize(),
              shape,
              shape.length,
              SessionSpecs.elementType(spec.dataType())));
    }
  }

  private DeviceBuffer allocate(long byteSize) {
    return DeviceBuffer.ofHost(device, arena.allocate(byteSize, ALIGNMENT), handle);
  }

  private <P extends Pointer> P own(P pointer) {
    owned.push(pointer);
    return pointer;
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
    if (!stream.device().equals(device)) {
      throw new IllegalArgumentException(
          "stream: of %s (expected: of %s)".formatted(stream.device().name(), device.name()));
    }
    try {
      session.Run(runOptions, binding);
    } catch (RuntimeException failure) {
      throw new InferenceException(
          ErrorReason.BACKEND_FAILURE,
          "ONNX Runtime: " + Messages.oneLine(failure.getMessage()),
          failure);
    }
  }

  @Override
  public void close() {
    if (!handle.close()) {
      return;
    }
    free();
    onClose.run();
  }

  private void free() {
    handle.close();
    try (arena) { // the native objects first, then the memory they point at
      while (!owned.isEmpty()) {
        owned.pop().close();
      }
    }
  }
}
