package dev.synthorax.engine.onnxruntime;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.GraphTensor;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.RunResult;
import dev.synthorax.engine.TensorSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.onnxruntime.Env;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.SessionOptions;
import org.bytedeco.onnxruntime.global.onnxruntime;

/**
 * One session of ONNX Runtime.
 *
 * <p><b>Ownership:</b> owns the native session, its weights and its thread pool, and its placement;
 * borrows the environment.
 *
 * <p><b>Threading:</b> as {@link Plan}. A session may run several contexts and runs at once, on one
 * pool.
 */
final class OnnxRuntimePlan implements Plan {

  /**
   * Whether idle pool threads spin for the next piece of work. Off: spinning takes the cores from
   * the threads that serve requests and from the other stages' pools. Beside another busy process
   * on the same two cores, a denoising step with two threads took 12 ms a row without spinning and
   * 45 ms with it.
   */
  private static final boolean SPINNING = false;

  private final NativeHandles.Handle handle;
  private final AtomicInteger users = new AtomicInteger(); // contexts and results that are open
  private final Runnable onClose;
  private final PlanRequest request;
  private final Session session; // owned
  private final Placement placement; // owned
  private final List<GraphTensor> inputs;
  private final List<GraphTensor> outputs;
  private final Set<String> hostInputs;

  private OnnxRuntimePlan(
      PlanRequest request, Session session, Placement placement, Runnable onClose) {
    this.request = request;
    this.session = session;
    this.placement = placement;
    this.inputs = SessionSpecs.inputs(session);
    this.outputs = SessionSpecs.outputs(session);
    this.hostInputs =
        placement.device().kind() == Device.Kind.CPU ? Set.of() : SessionSpecs.hostInputs(session);
    this.onClose = onClose;
    this.handle = NativeHandles.register("onnxruntime.Plan", request.graph().toString());
  }

  /**
   * Loads a graph.
   *
   * @param placement of the request's device; adopted
   * @param onClose told once, after the session is gone
   */
  @MustBeClosed
  static OnnxRuntimePlan adopt(
      Env env, PlanRequest request, Placement placement, Runnable onClose) {
    Path file = request.graph();
    Session session = null;
    try (SessionOptions settings = sessionOptions(request);
        BytePointer path = new BytePointer(file.toString())) {
      placement.configure(settings);
      session = new Session(env, path, settings);
      return new OnnxRuntimePlan(request, session, placement, onClose);
    } catch (RuntimeException failure) {
      if (session != null) {
        session.close();
      }
      throw Failures.of(ErrorReason.MODEL_FAILED, file.getFileName().toString(), failure);
    }
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
    users.incrementAndGet();
    try {
      return OnnxRuntimeContext.open(
          session, placement, shapes, hostInputs, handle.name(), users::decrementAndGet);
    } catch (OutOfMemoryError failure) { // JavaCPP's, of a native object
      users.decrementAndGet();
      throw new InferenceException(
          ErrorReason.OUT_OF_MEMORY,
          "%s: no room for the buffers of %d rows".formatted(handle.name(), shapes.rows()),
          failure);
    } catch (RuntimeException failure) {
      users.decrementAndGet();
      throw failure;
    }
  }

  @Override
  @MustBeClosed
  public RunResult run(List<HostTensor> given, List<String> wanted) {
    handle.requireOpen();
    if (placement.device().kind() != Device.Kind.CPU) {
      return Plan.super.run(given, wanted);
    }
    GraphTensor.requireRunnable(inputs, outputs, given, wanted);
    List<String> names =
        wanted.isEmpty() ? outputs.stream().map(output -> output.spec().name()).toList() : wanted;
    users.incrementAndGet();
    try {
      return OnnxRuntimeRun.of(session, given, names, handle.name(), users::decrementAndGet);
    } catch (OutOfMemoryError failure) { // JavaCPP's, of a native object, or an arena's
      users.decrementAndGet();
      throw new InferenceException(
          ErrorReason.OUT_OF_MEMORY, handle.name() + ": no room for one run", failure);
    } catch (RuntimeException failure) {
      users.decrementAndGet();
      throw failure;
    }
  }

  @Override
  public void close() {
    int left = users.get();
    if (left > 0) {
      throw new IllegalStateException(
          handle.name() + ": " + left + " contexts or results are still open");
    }
    if (handle.close()) {
      session.close();
      placement.close();
      FreedMemory.giveBack();
      onClose.run();
    }
  }
}
