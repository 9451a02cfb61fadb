package dev.synthorax.engine.onnxruntime;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.RunResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.onnxruntime.IoBinding;
import org.bytedeco.onnxruntime.LongVector;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.TensorTypeAndShapeInfo;
import org.bytedeco.onnxruntime.Value;
import org.bytedeco.onnxruntime.ValueVector;

/**
 * One run of a session on the processor, and the outputs that it allocated.
 *
 * <p><b>Ownership:</b> owns the outputs' native tensors and an arena, of which all segments are
 * that it gives.
 *
 * <p><b>Threading:</b> as {@link RunResult}.
 */
final class OnnxRuntimeRun implements RunResult {
  private final NativeHandles.Handle handle;
  private final Runnable onClose;
  private final Arena arena = Arena.ofShared(); // owned; read and closed by other threads
  private final List<Value> values = new ArrayList<>(); // owned
  private final List<HostTensor> outputs = new ArrayList<>();

  private OnnxRuntimeRun(String planName, Runnable onClose) {
    this.onClose = onClose;
    this.handle = NativeHandles.register("onnxruntime.Run", planName);
  }

  /**
   * Runs.
   *
   * @param inputs checked; borrowed
   * @param names outputs to give
   * @param onClose told once, after the outputs are gone; never if this method fails
   */
  @MustBeClosed
  static OnnxRuntimeRun of(
      Session session,
      List<HostTensor> inputs,
      List<String> names,
      String planName,
      Runnable onClose) {
    var run = new OnnxRuntimeRun(planName, onClose);
    try (Arena copies = Arena.ofConfined();
        PointerScope _ = new PointerScope(); // ends before the memory that its tensors view
        MemoryInfo host = HostPlacement.hostMemory()) {
      List<MemorySegment> read = new ArrayList<>();
      IoBinding binding = new IoBinding(session);
      for (HostTensor input : inputs) {
        if (input.dataType() == DataType.BYTES) {
          binding.BindInput(input.name(), StringTensors.create(input));
        } else {
          MemorySegment bytes = inPlace(input, copies);
          read.add(bytes);
          binding.BindInput(input.name(), tensor(host, input, bytes));
        }
      }
      for (String name : names) {
        binding.BindOutput(name, host.asOrtMemoryInfo());
      }
      session.Run(new RunOptions(), binding);
      run.take(binding.GetOutputValues(), names, read);
      return run;
    } catch (RuntimeException failure) {
      run.free();
      throw Failures.of(ErrorReason.BACKEND_FAILURE, "ONNX Runtime", failure);
    } catch (OutOfMemoryError failure) {
      run.free();
      throw failure;
    }
  }

  /** The input's bytes where they lie, if the processor may read them there; a copy else. */
  private static MemorySegment inPlace(HostTensor input, Arena copies) {
    MemorySegment bytes = input.bytes();
    int size = input.dataType().bytes();
    if (bytes.isNative() && bytes.byteSize() > 0 && bytes.address() % size == 0) {
      return bytes;
    }
    MemorySegment copy = copies.allocate(Math.max(bytes.byteSize(), size), size);
    return copy.copyFrom(bytes).asSlice(0, bytes.byteSize());
  }

  private static Value tensor(MemoryInfo host, HostTensor input, MemorySegment bytes) {
    long[] shape = input.shape().stream().mapToLong(Long::longValue).toArray();
    return Value.CreateTensor(
        host.asOrtMemoryInfo(),
        new Address(bytes.address()),
        bytes.byteSize(),
        shape,
        shape.length,
        SessionSpecs.elementType(input.dataType()));
  }

  private void take(ValueVector found, List<String> names, List<MemorySegment> inputs) {
    for (int i = 0; i < names.size(); i++) {
      Value value = found.get(i).retainReference(); // moved out of the vector, and out of the scope
      values.add(value);
      outputs.add(output(names.get(i), value, inputs));
    }
  }

  private HostTensor output(String name, Value value, List<MemorySegment> inputs) {
    TensorTypeAndShapeInfo info = value.GetTensorTypeAndShapeInfo();
    DataType type = SessionSpecs.dataType(name, info.GetElementType());
    LongVector dims = info.GetShape();
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < dims.size(); i++) {
      shape.add(dims.get(i));
    }
    long elements = info.GetElementCount();
    MemorySegment bytes =
        type == DataType.BYTES
            ? StringTensors.wire(value, elements, arena)
            : bytes(value, elements * type.bytes(), inputs);
    return new HostTensor(name, type, shape, bytes);
  }

  @SuppressWarnings("restricted") // the library's own address and size of the tensor
  private MemorySegment bytes(Value value, long byteSize, List<MemorySegment> inputs) {
    if (byteSize == 0) {
      return MemorySegment.NULL;
    }
    MemorySegment bytes =
        MemorySegment.ofAddress(value.GetTensorRawData().address())
            .reinterpret(byteSize, arena, null);
    boolean borrowed =
        inputs.stream().anyMatch(input -> input.asOverlappingSlice(bytes).isPresent());
    return borrowed ? arena.allocate(byteSize, Long.BYTES).copyFrom(bytes) : bytes;
  }

  @Override
  public List<HostTensor> outputs() {
    handle.requireOpen();
    return List.copyOf(outputs);
  }

  @Override
  public void close() {
    if (free()) {
      onClose.run();
    }
  }

  private boolean free() {
    if (!handle.close()) {
      return false;
    }
    arena.close(); // nobody reads from here on
    values.forEach(Value::close);
    return true;
  }
}
