package dev.synthorax.engine.onnxruntime;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.GraphTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.TensorSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.onnxruntime.Env;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.SessionOptions;
import org.bytedeco.onnxruntime.global.onnxruntime;

/**
 * One session of ONNX Runtime.
 *
 * <p><b>Ownership:</b> owns the native session, its weights and its thread pool; borrows the
 * environment.
 *
 * <p><b>Threading:</b> as {@link Plan}. A session may run several contexts at once, on one pool.
 */
final class OnnxRuntimePlan implements Plan {

  /**
   * Whether idle pool threads spin for the next piece of work. Off: spinning takes the cores from
   * the threads that serve requests and from the other stages' pools. Beside another busy process
   * on the same two cores, a denoising step with two threads took 12 ms a row without spinning and
   * 45 ms with it.
   */
  private static final boolean SPINNING = false;

  /** How ONNX Runtime says that it knows an operator, but not for these element types. */
  private static final String NO_KERNEL = "Could not find an implementation";

  private final NativeHandles.Handle handle;
  private final AtomicInteger openContexts = new AtomicInteger();
  private final Runnable onClose;
  private final PlanRequest request;
  private final Session session; // owned
  private final List<GraphTensor> inputs;
  private final List<GraphTensor> outputs;

  private OnnxRuntimePlan(
      PlanRequest request,
      Session session,
      List<GraphTensor> inputs,
      List<GraphTensor> outputs,
      Runnable onClose) {
    this.handle = NativeHandles.register("onnxruntime.Plan", request.graph().toString());
    this.request = request;
    this.session = session;
    this.inputs = inputs;
    this.outputs = outputs;
    this.onClose = onClose;
  }

  /**
   * Loads a graph.
   *
   * @param onClose told once, after the session is gone
   */
  @MustBeClosed
  static OnnxRuntimePlan open(Env env, PlanRequest request, Runnable onClose) {
    Path file = request.graph();
    Session session = null;
    try (SessionOptions settings = sessionOptions(request);
        BytePointer path = new BytePointer(file.toString())) {
      session = new Session(env, path, settings);
      return new OnnxRuntimePlan(
          request, session, SessionSpecs.inputs(session), SessionSpecs.outputs(session), onClose);
    } catch (RuntimeException failure) {
      if (session != null) {
        session.close();
      }
      throw new InferenceException(
          reason(failure),
          file.getFileName() + ": " + Messages.oneLine(failure.getMessage()),
          failure);
    }
  }

  private static ErrorReason reason(RuntimeException failure) {
    if (failure instanceof InferenceException ours) {
      return ours.reason();
    }
    return String.valueOf(failure.getMessage()).contains(NO_KERNEL)
        ? ErrorReason.UNSUPPORTED
        : ErrorReason.MODEL_FAILED;
  }

  private static SessionOptions sessionOptions(PlanRequest request) {
    SessionOptions settings = new SessionOptions();
    settings.SetExecutionMode(onnxruntime.ORT_SEQUENTIAL); // operators in turn: all threads on one
    settings.SetIntraOpNumThreads(request.intraOpThreads());
    settings.SetInterOpNumThreads(1);
    settings.SetGraphOptimizationLevel(onnxruntime.ORT_ENABLE_ALL);
    settings.EnableMemPattern(); // one plan of the intermediates a row count, made by its first run
    settings.AddConfigEntry("session.intra_op.allow_spinning", SPINNING ? "1" : "0");
    return settings;
  }

  @Override
  public List<TensorSpec> inputs() {
    return GraphTensor.specs(inputs);
  }

  @Override
  public List<TensorSpec> outputs() {
    return GraphTensor.specs(outputs);
  }

  @Override
  @MustBeClosed
  public ExecutionContext openContext(Map<String, List<Long>> dims) {
    handle.requireOpen();
    var shapes = GraphTensor.resolve(inputs, outputs, dims, request);
    openContexts.incrementAndGet();
    try {
      return OnnxRuntimeContext.open(
          session, request.device(), shapes, handle.name(), openContexts::decrementAndGet);
    } catch (OutOfMemoryError failure) {
      openContexts.decrementAndGet();
      throw new InferenceException(
          ErrorReason.OUT_OF_MEMORY,
          "%s: no room for the buffers of %d rows".formatted(handle.name(), shapes.rows()),
          failure);
    } catch (RuntimeException failure) {
      openContexts.decrementAndGet();
      throw failure;
    }
  }

  @Override
  public void close() {
    int left = openContexts.get();
    if (left > 0) {
      throw new IllegalStateException(handle.name() + ": " + left + " contexts are still open");
    }
    if (handle.close()) {
      session.close();
      FreedMemory.giveBack();
      onClose.run();
    }
  }
}
