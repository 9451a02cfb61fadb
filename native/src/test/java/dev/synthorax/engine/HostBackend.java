package dev.synthorax.engine;

import java.util.List;

/** A processor and nothing that runs graphs: streams, fences and memory as every backend's. */
public final class HostBackend implements Backend {
  @Override
  public String name() {
    return "host";
  }

  @Override
  public String version() {
    return "1.0";
  }

  @Override
  public List<Device> devices() {
    return List.of(new Device(Device.Kind.CPU, 0, "processor"));
  }

  @Override
  public Plan openPlan(PlanRequest request) {
    throw new InferenceException(ErrorReason.UNSUPPORTED, "host runs no graphs");
  }

  @Override
  public void close() {}
}
