package dev.synthorax.engine.tensorrt;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.TensorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.tensorrt.global.nvinfer.ExecutionContextAllocationStrategy;
import org.bytedeco.tensorrt.global.nvinfer.TensorIOMode;
import org.bytedeco.tensorrt.global.nvinfer.TensorLocation;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.ICudaEngine;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;

/**
 * A plan loaded by TensorRT.
 *
 * <p><b>Ownership:</b> owns the native engine; contexts are closed before it.
 *
 * <p><b>Threading:</b> as {@link TensorRt.Engine}.
 */
final class NativeEngine implements TensorRt.Engine {

  /** What the parser puts before the name of an output that is an input too. */
  private static final String TWIN = "__";

  private final ICudaEngine engine; // owned
  private final NativeLog log;
  private final String name;
  private final Set<String> inputs = new HashSet<>();
  private final Set<String> outputs = new HashSet<>();

  NativeEngine(ICudaEngine engine, NativeLog log, String name) {
    this.engine = engine;
    this.log = log;
    this.name = name;
    for (int i = 0; i < engine.getNbIOTensors(); i++) {
      String tensor = engine.getIOTensorName(i);
      boolean input = engine.getTensorIOMode(tensor).intern() == TensorIOMode.kINPUT;
      (input ? inputs : outputs).add(tensor);
    }
  }

  /** Caller closes. */
  static Dims64 dims(List<Long> shape) {
    var dims = new Dims64();
    dims.nbDims(shape.size());
    for (int i = 0; i < shape.size(); i++) {
      dims.d(i, shape.get(i));
    }
    return dims;
  }

  private static List<Long> shape(Dims64 dims) {
    var shape = new ArrayList<Long>();
    for (int i = 0; i < dims.nbDims(); i++) {
      shape.add(dims.d(i));
    }
    return shape;
  }

  @Override
  public boolean decidesShapes(String tensor) {
    return inputs.contains(tensor)
        && (engine.isShapeInferenceIO(tensor)
            || engine.getTensorLocation(tensor).intern() == TensorLocation.kHOST);
  }

  @Override
  @MustBeClosed
  public TensorRt.EngineContext openContext(int profile, List<TensorSpec> specs, long stream) {
    long mark = log.mark();
    IExecutionContext context =
        engine.createExecutionContext(ExecutionContextAllocationStrategy.kUSER_MANAGED);
    if (context == null) {
      throw failed(mark);
    }
    var opened = new Context(context, profile);
    try {
      if (!context.setOptimizationProfileAsync(profile, stream(stream))) {
        throw failed(mark);
      }
      for (TensorSpec spec : specs) {
        try (Dims64 dims = dims(spec.shape())) {
          if (inputs.contains(spec.name()) && !context.setInputShape(spec.name(), dims)) {
            throw failed(mark);
          }
        }
      }
      return opened;
    } catch (RuntimeException | Error failure) {
      opened.close();
      throw failure;
    }
  }

  private InferenceException failed(long mark) {
    return Diagnosis.ofLoading(name, log.since(mark));
  }

  private static CUstream_st stream(long handle) {
    return new CUstream_st(new AddressPointer(handle));
  }

  @Override
  public void close() {
    if (!engine.isNull()) {
      NativeObjects.delete(engine);
    }
  }

  /** A context of TensorRT. */
  private final class Context implements TensorRt.EngineContext {
    private final IExecutionContext context; // owned
    private final int profile;
    private CUstream_st stream = stream(0); // of the latest run

    Context(IExecutionContext context, int profile) {
      this.context = context;
      this.profile = profile;
    }

    @Override
    public long activationBytes() {
      return engine.getDeviceMemorySizeForProfileV2(profile);
    }

    @Override
    public List<Long> shape(String tensor) {
      return NativeEngine.shape(
          context.getTensorShape(outputs.contains(tensor) ? tensor : TWIN + tensor));
    }

    @Override
    public void bind(String tensor, long address) {
      var memory = new AddressPointer(address);
      for (String known : List.of(tensor, TWIN + tensor)) {
        if ((inputs.contains(known) || outputs.contains(known))
            && !context.setTensorAddress(known, memory)) {
          throw failed(log.mark());
        }
      }
    }

    @Override
    public void useMemory(long address, long byteSize) {
      if (byteSize > 0) {
        context.setDeviceMemoryV2(new AddressPointer(address), byteSize);
      }
    }

    @Override
    public void enqueue(long handle) {
      if (stream.address() != handle) {
        stream = stream(handle);
      }
      long mark = log.mark();
      if (!context.enqueueV3(stream)) {
        throw Diagnosis.ofRunning(name, log.since(mark));
      }
    }

    @Override
    public void close() {
      if (!context.isNull()) {
        NativeObjects.delete(context);
      }
    }
  }
}
