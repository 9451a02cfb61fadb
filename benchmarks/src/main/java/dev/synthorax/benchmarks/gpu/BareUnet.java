package dev.synthorax.benchmarks.gpu;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;

/**
 * A U-Net at one row count, run back to back on a stream of its own with nothing between the runs:
 * the least that a step can take.
 *
 * <p><b>Ownership:</b> owns plan, context and stream; borrows the backend. <b>Threading:</b> one
 * thread.
 */
final class BareUnet implements AutoCloseable {
  private static final int WARM_RUNS = 3;

  private final DeviceStream stream; // owned
  private final Plan plan; // owned
  private final ExecutionContext context; // owned

  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // close() closes each
  BareUnet(Backend backend, Device device, PlanRequest request, int rows) {
    stream = backend.openStream(device);
    try {
      plan = backend.openPlan(request);
      try {
        context = plan.openContext(rows);
      } catch (RuntimeException e) {
        plan.close();
        throw e;
      }
    } catch (RuntimeException e) {
      stream.close();
      throw e;
    }
    seconds(WARM_RUNS);
  }

  /** Seconds of one run, the mean of some. */
  double seconds(int runs) {
    stream.synchronize();
    long start = System.nanoTime();
    for (int i = 0; i < runs; i++) {
      context.enqueue(stream);
    }
    stream.synchronize();
    return (System.nanoTime() - start) / 1e9 / runs;
  }

  @Override
  public void close() {
    try (stream;
        plan;
        context) {
      stream.synchronize();
    }
  }
}
