package dev.synthorax.engine.cuda;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A plan of the processor's, shown as one of a fake device.
 *
 * <p><b>Ownership:</b> owns the processor's plan.
 *
 * <p><b>Threading:</b> as {@link Plan}.
 */
final class StandInPlan implements Plan {
  private final NativeHandles.Handle handle;
  private final AtomicInteger openContexts = new AtomicInteger();
  private final StandInBackend backend;
  private final Plan plan; // owned
  private final Device host;
  private final CudaContext context;
  private final Device device;
  private final Runnable onClose;

  StandInPlan(
      StandInBackend backend,
      Plan plan,
      Device host,
      CudaContext context,
      Device device,
      Runnable onClose) {
    this.backend = backend;
    this.plan = plan;
    this.host = host;
    this.context = context;
    this.device = device;
    this.onClose = onClose;
    this.handle = NativeHandles.register("fakegpu.Plan", device.name());
  }

  @Override
  public List<TensorSpec> inputs() {
    return plan.inputs();
  }

  @Override
  public List<TensorSpec> outputs() {
    return plan.outputs();
  }

  @Override
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // the context adopts the processor's
  public ExecutionContext openContext(Map<String, List<Long>> shapes) {
    handle.requireOpen();
    openContexts.incrementAndGet();
    try {
      return StandInContext.open(
          backend, plan.openContext(shapes), host, context, device, openContexts::decrementAndGet);
    } catch (RuntimeException failure) {
      openContexts.decrementAndGet();
      throw failure;
    }
  }

  @Override
  public void close() {
    if (openContexts.get() > 0) {
      throw new IllegalStateException(
          handle.name() + ": " + openContexts.get() + " contexts are still open");
    }
    if (handle.close()) {
      plan.close();
      onClose.run();
    }
  }
}
