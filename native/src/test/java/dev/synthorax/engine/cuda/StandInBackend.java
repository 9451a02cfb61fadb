package dev.synthorax.engine.cuda;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A backend on the devices of the {@link FakeDriver}: memory, streams, fences and row operations
 * are {@code engine.cuda}'s, and its plans run on ONNX Runtime's processor backend, each as a host
 * function in its stream's order. So all of the device path runs without a GPU, its networks' bits
 * included.
 *
 * <p><b>Ownership:</b> as {@link DriverBackend}, and owns the processor's backend.
 *
 * <p><b>Threading:</b> as {@link Backend}.
 */
public final class StandInBackend extends DriverBackend {
  /** Its name. */
  public static final String NAME = "fake-gpu";

  private final NativeHandles.Handle handle;
  private final AtomicInteger openPlans = new AtomicInteger();
  private final HostFunctions functions;
  private final Backend processor; // owned

  private StandInBackend(CudaDriver driver, Backend processor) {
    super(driver);
    this.functions = HostFunctions.of(FakeDriver.load());
    this.processor = processor;
    this.handle = NativeHandles.register("fakegpu.Backend", NAME);
  }

  /** Puts the fakes in the places of driver and NVRTC, and opens all devices. */
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // closed by close
  public static StandInBackend open() {
    FakeDriver.load();
    FakeNvrtc.load();
    CudaDriver driver = CudaDriver.open();
    try {
      return new StandInBackend(driver, Backends.open("onnxruntime-cpu"));
    } catch (RuntimeException failure) {
      driver.close();
      throw failure;
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // the plan adopts the processor's
  public Plan openPlan(PlanRequest request) {
    handle.requireOpen();
    CudaContext context = driver().context(request.device());
    Device host = processor.devices().getFirst();
    var onHost =
        PlanRequest.of(request.graph(), host)
            .withPrecision(request.precision())
            .withRowProfiles(request.rowProfiles())
            .withIntraOpThreads(request.intraOpThreads());
    openPlans.incrementAndGet();
    try {
      var plan = processor.openPlan(onHost);
      return new StandInPlan(
          this, plan, host, context, request.device(), openPlans::decrementAndGet);
    } catch (RuntimeException failure) {
      openPlans.decrementAndGet();
      throw failure;
    }
  }

  /** The stream of the processor's backend that its plans run on. */
  @MustBeClosed
  DeviceStream openHostStream(Device host) {
    return processor.openStream(host);
  }

  HostFunctions functions() {
    return functions;
  }

  @Override
  public void close() {
    if (openPlans.get() > 0) {
      throw new IllegalStateException(NAME + ": " + openPlans.get() + " plans are still open");
    }
    if (handle.close()) {
      processor.close();
      super.close();
    }
  }
}
