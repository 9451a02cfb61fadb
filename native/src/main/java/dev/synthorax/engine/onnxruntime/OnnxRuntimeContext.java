package dev.synthorax.engine.onnxruntime;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.GraphTensor;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.TensorSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.onnxruntime.IoBinding;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.Value;

/**
 * A binding of a session's inputs and outputs to buffers that never move, cut from one piece of the
 * device's memory. An input that the session reads on the processor nevertheless (where an operator
 * takes its numbers from, such as a new shape) is bound to host memory, which each run fills.
 *
 * <p><b>Ownership:</b> owns the memory, the tensors that view it and the binding; borrows session
 * and placement, which its plan closes after this.
 *
 * <p><b>Threading:</b> as {@link ExecutionContext}; opened on one thread and used on another as a
 * rule, so its memory is shared between threads.
 */
final class OnnxRuntimeContext implements ExecutionContext {

  /** What CUDA's kernels load fastest; a multiple of a cache line, and of the widest vector. */
  private static final long ALIGNMENT = 256;

  private final NativeHandles.Handle handle;
  private final Runnable onClose;
  private final Session session; // borrowed
  private final Placement placement; // borrowed
  private final GraphTensor.Shapes shapes;
  private final Map<String, DeviceBuffer> buffers = new LinkedHashMap<>();
  private final List<Placement.HostInput> hostInputs = new ArrayList<>();
  private final Deque<DeviceMemory> memories = new ArrayDeque<>(); // owned
  private final Deque<Pointer> owned = new ArrayDeque<>(); // last opened first
  private final IoBinding binding; // in owned
  private final RunOptions runOptions; // in owned
  private final Runnable run = this::run;

  private OnnxRuntimeContext(
      Session session,
      Placement placement,
      GraphTensor.Shapes shapes,
      String planName,
      Runnable onClose) {
    this.session = session;
    this.placement = placement;
    this.shapes = shapes;
    this.onClose = onClose;
    this.binding = own(new IoBinding(session));
    this.runOptions = own(new RunOptions());
    this.handle =
        NativeHandles.register("onnxruntime.ExecutionContext", planName + " rows " + shapes.rows());
  }

  /**
   * Allocates and binds.
   *
   * @param hostInputs names of inputs that the session reads on the processor, the device being
   *     another
   * @param onClose told once, after the binding is gone
   */
  @MustBeClosed
  static OnnxRuntimeContext open(
      Session session,
      Placement placement,
      GraphTensor.Shapes shapes,
      Set<String> hostInputs,
      String planName,
      Runnable onClose) {
    var context = new OnnxRuntimeContext(session, placement, shapes, planName, onClose);
    try {
      placement.configure(context.runOptions);
      context.allocate();
      context.bind(hostInputs);
      return context;
    } catch (RuntimeException | OutOfMemoryError failure) {
      context.free();
      throw failure;
    }
  }

  @SuppressWarnings("MustBeClosed") // closed in free
  private void allocate() {
    var places = new LinkedHashMap<String, Long>();
    long end = 0;
    for (TensorSpec spec : tensors()) { // an input that is an output too has one place
      if (places.putIfAbsent(spec.name(), end) == null) {
        end = (end + spec.byteSize() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      }
    }
    DeviceMemory memory = placement.openMemory(end);
    memories.push(memory);
    for (TensorSpec spec : tensors()) {
      long place = requireNonNull(places.get(spec.name()));
      buffers.put(spec.name(), memory.buffer().slice(place, spec.byteSize()));
    }
  }

  private List<TensorSpec> tensors() {
    return Stream.concat(shapes.inputs().stream(), shapes.outputs().stream()).toList();
  }

  @SuppressWarnings("MustBeClosed") // closed in free
  private void bind(Set<String> onHost) {
    try (MemoryInfo device = placement.memoryInfo();
        MemoryInfo host = HostPlacement.hostMemory()) {
      for (TensorSpec spec : shapes.inputs()) {
        DeviceBuffer buffer = buffer(spec.name());
        if (onHost.contains(spec.name())) {
          DeviceMemory staging = placement.openStaging(spec.byteSize());
          memories.push(staging);
          hostInputs.add(new Placement.HostInput(buffer, staging.buffer()));
          binding.BindInput(spec.name(), tensor(host, staging.buffer(), spec));
        } else {
          binding.BindInput(spec.name(), tensor(device, buffer, spec));
        }
      }
      for (TensorSpec spec : shapes.outputs()) {
        binding.BindOutput(spec.name(), tensor(device, buffer(spec.name()), spec));
      }
    }
  }

  private Value tensor(MemoryInfo memory, DeviceBuffer buffer, TensorSpec spec) {
    long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
    try (Address data = new Address(buffer.address())) {
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
    Device device = placement.device();
    if (!stream.device().equals(device)) {
      throw new IllegalArgumentException(
          "stream: of %s (expected: of %s)".formatted(stream.device().name(), device.name()));
    }
    placement.run(stream, hostInputs, run);
  }

  private void run() {
    try {
      session.Run(runOptions, binding);
    } catch (RuntimeException failure) {
      throw Failures.of(ErrorReason.BACKEND_FAILURE, "ONNX Runtime", failure);
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
    while (!owned.isEmpty()) { // the native objects first, then the memory they point at
      owned.pop().close();
    }
    while (!memories.isEmpty()) {
      memories.pop().close();
    }
  }
}
