package dev.synthorax.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A device as strange to the host as a graphics processor: only its streams reach its memory, and
 * work runs no sooner than somebody waits for it. Computes a few operators of ONNX.
 */
final class LazyBackend implements Backend {
  private final NativeHandles.Handle handle = NativeHandles.register("lazy.Backend", "lazy");
  private final Device device = new Device(Device.Kind.GPU, 0, "lazy arithmetic");
  private final AtomicInteger openPlans = new AtomicInteger();
  private final NavigableMap<Long, MemorySegment> allocations = new ConcurrentSkipListMap<>();

  @Override
  public String name() {
    return "lazy";
  }

  @Override
  public String version() {
    return "1.0";
  }

  @Override
  public List<Device> devices() {
    return List.of(device);
  }

  private Device require(Device asked) {
    handle.requireOpen();
    if (!asked.equals(device)) {
      throw new IllegalArgumentException(
          "device: %s (expected: one of [%s])".formatted(asked.name(), device.name()));
    }
    return asked;
  }

  /** The bytes behind a buffer: what only this device's work may touch. */
  MemorySegment bytes(DeviceBuffer buffer) {
    if (buffer.isHost()) {
      return buffer.host();
    }
    Map.Entry<Long, MemorySegment> found = allocations.floorEntry(buffer.address());
    if (found == null) {
      throw new IllegalStateException("address " + buffer.address() + " is none of this device");
    }
    return found.getValue().asSlice(buffer.address() - found.getKey(), buffer.byteSize());
  }

  DeviceBuffer allocate(Arena arena, long byteSize, NativeHandles.Handle owner) {
    MemorySegment memory = arena.allocate(byteSize, 64);
    allocations.put(memory.address(), memory);
    return DeviceBuffer.ofDevice(device, memory.address(), byteSize, owner);
  }

  void free(long address) {
    allocations.remove(address);
  }

  @Override
  public Plan openPlan(PlanRequest request) {
    require(request.device());
    if (!Files.isRegularFile(request.graph())) {
      throw new InferenceException(
          ErrorReason.MODEL_FAILED, request.graph() + ": no such file (expected: an ONNX graph)");
    }
    LazyGraph graph;
    try {
      graph = LazyGraph.read(request.graph());
    } catch (IOException e) {
      throw new InferenceException(
          ErrorReason.MODEL_FAILED, request.graph() + ": no ONNX graph: " + e.getMessage(), e);
    }
    openPlans.incrementAndGet();
    return new LazyPlan(this, request, graph, openPlans::decrementAndGet);
  }

  @Override
  public DeviceStream openStream(Device asked) {
    return new LazyStream(this, require(asked));
  }

  @Override
  public DeviceFence openFence(Device asked) {
    require(asked);
    return new LazyStream.Fence();
  }

  @Override
  public DeviceMemory openMemory(Device asked, long byteSize) {
    require(asked);
    return new Memory(byteSize);
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // the caller closes it
  public DeviceMemory openStaging(Device asked, long byteSize) {
    return HostMemory.open(require(asked), byteSize);
  }

  @Override
  public void close() {
    if (openPlans.get() > 0) {
      throw new IllegalStateException("lazy: " + openPlans.get() + " plans are still open");
    }
    handle.close();
  }

  private final class Memory implements DeviceMemory {
    private final NativeHandles.Handle owner = NativeHandles.register("lazy.Memory", "memory");
    private final Arena arena = Arena.ofShared();
    private final DeviceBuffer buffer;
    private final long address;

    private Memory(long byteSize) {
      buffer = allocate(arena, byteSize, owner);
      address = buffer.address();
    }

    @Override
    public DeviceBuffer buffer() {
      owner.requireOpen();
      return buffer;
    }

    @Override
    public void close() {
      if (owner.close()) {
        free(address);
        arena.close();
      }
    }
  }
}
