package dev.synthorax.engine.cuda;

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
import java.util.List;

/**
 * CUDA's devices and nothing that runs graphs on them; {@link StandInBackend} does that.
 *
 * <p><b>Ownership:</b> owns the driver.
 */
public class DriverBackend implements Backend {
  private final CudaDriver driver;

  /** Takes the driver over. */
  public DriverBackend(CudaDriver driver) {
    this.driver = driver;
  }

  /** CUDA itself. */
  public CudaDriver driver() {
    return driver;
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public String version() {
    return driver.version();
  }

  @Override
  public List<Device> devices() {
    return driver.devices();
  }

  @Override
  public Plan openPlan(PlanRequest request) {
    throw new InferenceException(ErrorReason.UNSUPPORTED, "cuda runs no graphs");
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
    driver.close();
  }
}
