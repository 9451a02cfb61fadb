package dev.synthorax.engine.tensorrt;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceFence;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.GraphTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.RowOperations;
import dev.synthorax.engine.cuda.CudaDriver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * TensorRT on the devices of CUDA's driver.
 *
 * <p><b>Ownership:</b> owns driver and library; all that it opened is closed before it.
 *
 * <p><b>Threading:</b> as {@link Backend}.
 */
final class TensorRtBackend implements Backend {
  static final String NAME = "tensorrt";

  private final NativeHandles.Handle handle = NativeHandles.register("tensorrt.Backend", NAME);
  private final AtomicInteger openPlans = new AtomicInteger();
  private final CudaDriver driver; // owned
  private final TensorRt library; // owned
  private final PlanSource plans;
  private final ActivationArena.PerStream arenas;

  /**
   * A backend.
   *
   * @param driver adopted
   * @param library adopted
   */
  TensorRtBackend(CudaDriver driver, TensorRt library, BuilderSettings settings) {
    this.driver = driver;
    this.library = library;
    this.plans = new PlanSource(library, settings, driver::freeBytes);
    this.arenas = new ActivationArena.PerStream(driver);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    return library.version();
  }

  @Override
  public List<Device> devices() {
    handle.requireOpen();
    return driver.devices();
  }

  @Override
  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the plan adopts the engine
  public Plan openPlan(PlanRequest request) {
    Device device = requireOurs(request.device());
    Path file = request.graph();
    if (!Files.isRegularFile(file)) {
      throw new InferenceException(
          ErrorReason.MODEL_FAILED,
          file.getFileName() + ": no such file (expected: an ONNX graph)");
    }
    OnnxFile graph = OnnxFile.read(file);
    StaticGraph.require(graph, request);
    driver.makeCurrent(device);
    TensorRt.Engine engine =
        plans.open(request, graph, machine(device), driver.computeCapability(device));
    try {
      requireNoShapeInputs(file, graph, engine);
      openPlans.incrementAndGet();
      return new TensorRtPlan(driver, request, graph, engine, arenas, openPlans::decrementAndGet);
    } catch (RuntimeException | Error failure) {
      engine.close();
      throw failure;
    }
  }

  private PlanKey.Machine machine(Device device) {
    String version = driver.figures(device).driverVersion();
    return new PlanKey.Machine(
        library.version(),
        version == null ? "CUDA " + driver.version() : version,
        device.description());
  }

  private static void requireNoShapeInputs(Path file, OnnxFile graph, TensorRt.Engine engine) {
    for (GraphTensor input : graph.inputs()) {
      if (engine.decidesShapes(input.spec().name())) {
        throw new InferenceException(
            ErrorReason.UNSUPPORTED,
            "%s: %s decides shapes (expected: inputs of numbers alone; TensorRT compiles for fixed"
                    .formatted(file.getFileName(), input.spec().name())
                + " sizes)");
      }
    }
  }

  private Device requireOurs(Device device) {
    if (!devices().contains(device)) {
      throw new IllegalArgumentException(
          "device: %s (expected: one of %s)"
              .formatted(device.name(), devices().stream().map(Device::name).toList()));
    }
    return device;
  }

  @Override
  @MustBeClosed
  public DeviceStream openStream(Device device) {
    return driver.openStream(requireOurs(device));
  }

  @Override
  @MustBeClosed
  public DeviceFence openFence(Device device) {
    return driver.openFence(requireOurs(device));
  }

  @Override
  @MustBeClosed
  public DeviceMemory openMemory(Device device, long byteSize) {
    return driver.openMemory(requireOurs(device), byteSize);
  }

  @Override
  @MustBeClosed
  public DeviceMemory openStaging(Device device, long byteSize) {
    return driver.openStaging(requireOurs(device), byteSize);
  }

  @Override
  @MustBeClosed
  public RowOperations openRowOperations(Device device) {
    return driver.openRowOperations(requireOurs(device));
  }

  @Override
  public long freeBytes(Device device) {
    return driver.freeBytes(requireOurs(device));
  }

  @Override
  public void close() {
    int left = openPlans.get();
    if (left > 0) {
      throw new IllegalStateException(NAME + ": " + left + " plans are still open");
    }
    if (handle.close()) {
      try (driver) {
        library.close();
      }
    }
  }
}
