package dev.synthorax.server.pipeline;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceFence;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.RowOperations;
import java.util.List;
import java.util.stream.IntStream;

/** Deferred devices beside each other, each over a fake of its own. */
@SuppressWarnings("MustBeClosed") // what they open is the caller's
final class SeveralDevices implements Backend {
  private final List<DeferredBackend> backends;

  /** One over each. */
  SeveralDevices(List<FakeBackend> networks) {
    backends =
        IntStream.range(0, networks.size())
            .mapToObj(i -> new DeferredBackend(networks.get(i), i))
            .toList();
  }

  private Backend of(Device device) {
    return backends.get(device.index());
  }

  @Override
  public String name() {
    return "several";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public List<Device> devices() {
    return backends.stream().map(backend -> backend.devices().getFirst()).toList();
  }

  @Override
  public long freeBytes(Device device) {
    return of(device).freeBytes(device);
  }

  @Override
  public Plan openPlan(PlanRequest request) {
    return of(request.device()).openPlan(request);
  }

  @Override
  public DeviceStream openStream(Device device) {
    return of(device).openStream(device);
  }

  @Override
  public DeviceFence openFence(Device device) {
    return of(device).openFence(device);
  }

  @Override
  public DeviceMemory openMemory(Device device, long byteSize) {
    return of(device).openMemory(device, byteSize);
  }

  @Override
  public DeviceMemory openStaging(Device device, long byteSize) {
    return of(device).openStaging(device, byteSize);
  }

  @Override
  public RowOperations openRowOperations(Device device) {
    return of(device).openRowOperations(device);
  }

  @Override
  public void close() {
    backends.forEach(DeferredBackend::close);
  }
}
