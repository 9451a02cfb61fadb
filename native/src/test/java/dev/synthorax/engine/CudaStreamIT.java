package dev.synthorax.engine;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.cuda.CudaDriver;
import dev.synthorax.engine.cuda.FakeDriverExtension;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** CUDA's streams, fences and memory keep the contract; the driver is a fake. */
@Tag("fake-gpu")
@ExtendWith(FakeDriverExtension.class)
final class CudaStreamIT extends StreamContract {

  @Override
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // closed by the backend
  protected Backend open() {
    return new Devices(CudaDriver.open());
  }

  /** A backend that runs no graph. */
  private record Devices(CudaDriver driver) implements Backend {
    @Override
    public String name() {
      return "devices";
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
      throw new InferenceException(ErrorReason.UNSUPPORTED, "no graphs");
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
    public long freeBytes(Device device) {
      return driver.freeBytes(device);
    }

    @Override
    public void close() {
      driver.close();
    }
  }
}
