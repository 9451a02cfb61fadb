package dev.synthorax.engine.onnxruntime;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceFence;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.RowOperations;
import dev.synthorax.engine.cuda.CudaDriver;
import java.util.List;

/**
 * ONNX Runtime on NVIDIA's graphics processors: no plan is built, so a model is there in seconds.
 *
 * <p><b>Ownership:</b> owns the library and the driver.
 *
 * <p><b>Threading:</b> as {@link Backend}.
 */
final class OnnxRuntimeCudaBackend implements Backend {

  static final String NAME = "onnxruntime-cuda";

  /** That the CUDA provider was built for. */
  private static final int CUDA_MAJOR = 13;

  private static final String PROVIDER = "CUDAExecutionProvider";

  private final OnnxRuntimeLibrary library; // owned
  private final CudaDriver driver; // owned
  private final String version;

  private OnnxRuntimeCudaBackend(
      OnnxRuntimeLibrary library, CudaDriver driver, CudaLibraries libraries) {
    this.library = library;
    this.driver = driver;
    this.version = "%s, %s, CUDA %s".formatted(library.version(), libraries, driver.version());
  }

  /**
   * Loads driver, NVIDIA's libraries and ONNX Runtime.
   *
   * @throws InferenceException {@code UNSUPPORTED} with one sentence that names the first that is
   *     missing
   */
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // closed by close
  static OnnxRuntimeCudaBackend open() {
    CudaDriver driver = CudaDriver.open();
    try {
      requireVersion(driver.version());
      CudaLibraries libraries = CudaLibraries.load(); // before ONNX Runtime asks for them
      OnnxRuntimeLibrary library = OnnxRuntimeLibrary.open(NAME);
      try {
        if (!library.has(PROVIDER)) {
          throw new InferenceException(
              ErrorReason.UNSUPPORTED,
              "this build holds ONNX Runtime for processors alone; build with -Pgpu");
        }
        return new OnnxRuntimeCudaBackend(library, driver, libraries);
      } catch (RuntimeException failure) {
        library.close();
        throw failure;
      }
    } catch (RuntimeException failure) {
      driver.close();
      throw failure;
    }
  }

  /**
   * Fails where the driver is older than the runtime.
   *
   * @param driver such as {@code 13.0}
   */
  static void requireVersion(String driver) {
    if (Integer.parseInt(driver.substring(0, driver.indexOf('.'))) < CUDA_MAJOR) {
      throw new InferenceException(
          ErrorReason.UNSUPPORTED,
          "the driver is CUDA %s's (expected: %d.0 or newer; install NVIDIA's driver 580 or newer)"
              .formatted(driver, CUDA_MAJOR));
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public List<Device> devices() {
    library.requireOpen();
    return driver.devices();
  }

  @Override
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // the plan adopts its placement
  public Plan openPlan(PlanRequest request) {
    return library.openPlan(
        request, driver.devices(), device -> CudaPlacement.open(driver, device));
  }

  @Override
  @MustBeClosed
  public DeviceStream openStream(Device device) {
    return driver.openStream(device);
  }

  @Override
  @MustBeClosed
  public DeviceFence openFence(Device device) {
    return driver.openFence(device);
  }

  @Override
  @MustBeClosed
  public DeviceMemory openMemory(Device device, long byteSize) {
    return driver.openMemory(device, byteSize);
  }

  @Override
  @MustBeClosed
  public DeviceMemory openStaging(Device device, long byteSize) {
    return driver.openStaging(device, byteSize);
  }

  @Override
  @MustBeClosed
  public RowOperations openRowOperations(Device device) {
    return driver.openRowOperations(device);
  }

  @Override
  public long freeBytes(Device device) {
    return driver.freeBytes(device);
  }

  @Override
  public void close() {
    if (library.closeOnce()) {
      driver.close();
    }
  }
}
