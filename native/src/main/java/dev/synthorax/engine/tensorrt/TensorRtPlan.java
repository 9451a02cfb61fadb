package dev.synthorax.engine.tensorrt;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.GraphTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.engine.cuda.CudaDriver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One compiled graph on one device, with a profile for each row count.
 *
 * <p><b>Ownership:</b> owns the engine with its weights; borrows the driver.
 *
 * <p><b>Threading:</b> as {@link Plan}.
 */
final class TensorRtPlan implements Plan {
  private static final Logger logger = LoggerFactory.getLogger(TensorRtPlan.class);

  private final NativeHandles.Handle handle;
  private final AtomicInteger openContexts = new AtomicInteger();
  private final CudaDriver driver;
  private final PlanRequest request;
  private final OnnxFile graph;
  private final TensorRt.Engine engine; // owned
  private final ActivationArena.PerStream arenas;
  private final Runnable onClose;

  /**
   * A plan.
   *
   * @param engine adopted
   * @param onClose told once, after the engine is gone
   */
  TensorRtPlan(
      CudaDriver driver,
      PlanRequest request,
      OnnxFile graph,
      TensorRt.Engine engine,
      ActivationArena.PerStream arenas,
      Runnable onClose) {
    this.handle = NativeHandles.register("tensorrt.Plan", request.graph().toString());
    this.driver = driver;
    this.request = request;
    this.graph = graph;
    this.engine = engine;
    this.arenas = arenas;
    this.onClose = onClose;
  }

  @Override
  public List<TensorSpec> inputs() {
    return GraphTensor.specs(graph.inputs());
  }

  @Override
  public List<TensorSpec> outputs() {
    return GraphTensor.specs(graph.outputs());
  }

  @Override
  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the context adopts the engine's
  public ExecutionContext openContext(Map<String, List<Long>> dims) {
    handle.requireOpen();
    var shapes = GraphTensor.resolve(graph.inputs(), graph.outputs(), dims, request);
    openContexts.incrementAndGet();
    try {
      return TensorRtContext.adopt(
          handle.name(),
          driver,
          request.device(),
          shapes,
          openEngineContext(shapes),
          arenas,
          openContexts::decrementAndGet);
    } catch (RuntimeException | Error failure) {
      openContexts.decrementAndGet();
      throw failure;
    }
  }

  @MustBeClosed
  private TensorRt.EngineContext openEngineContext(GraphTensor.Shapes shapes) {
    int profile = graph.hasRows() ? request.rowProfiles().indexOf(shapes.rows()) : 0;
    driver.makeCurrent(request.device());
    try (DeviceStream stream = driver.openStream(request.device())) {
      return engine.openContext(profile, shapes.inputs(), driver.handle(stream));
    }
  }

  @Override
  public void close() {
    int left = openContexts.get();
    if (left > 0) {
      throw new IllegalStateException(handle.name() + ": " + left + " contexts are still open");
    }
    if (handle.close()) {
      try {
        driver.makeCurrent(request.device());
      } catch (InferenceException lost) { // what it held on the device is gone with it
        logger.debug("{} is closed without its device", handle.name(), lost);
      }
      engine.close();
      onClose.run();
    }
  }
}
