package dev.synthorax.server.pipeline;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceFence;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.RowOperations;
import dev.synthorax.engine.TensorSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/**
 * The fake's arithmetic on a device of its own: only its streams reach its memory, and work runs no
 * sooner than somebody waits for it. What the server forgets to wait for, or overwrites too soon,
 * shows in its numbers.
 */
@SuppressWarnings("MustBeClosed") // what wraps closes
final class DeferredBackend implements Backend {
  private final FakeBackend networks;
  private final Device processor;
  private final Device device;
  private final NavigableMap<Long, DeviceBuffer> memory = new ConcurrentSkipListMap<>();
  private volatile long freeBytes = 1L << 40;

  /** A device over a fake, which can still hold, break and count. */
  DeferredBackend(FakeBackend networks) {
    this(networks, 0);
  }

  /** The device of that index. */
  DeferredBackend(FakeBackend networks, int index) {
    this.networks = networks;
    this.device = new Device(Device.Kind.GPU, index, "deferred arithmetic");
    this.processor = networks.devices().getFirst();
  }

  /** What it says that it has left. */
  void free(long bytes) {
    freeBytes = bytes;
  }

  @Override
  public String name() {
    return "deferred";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public List<Device> devices() {
    return List.of(device);
  }

  @Override
  public long freeBytes(Device asked) {
    return freeBytes;
  }

  /** The buffer that holds the bytes. */
  private DeviceBuffer toHost(DeviceBuffer buffer) {
    if (buffer.isHost()) {
      return buffer;
    }
    Map.Entry<Long, DeviceBuffer> found = memory.floorEntry(buffer.address());
    if (found == null) {
      throw new IllegalStateException("address " + buffer.address() + " is none of this device");
    }
    return found.getValue().slice(buffer.address() - found.getKey(), buffer.byteSize());
  }

  private DeviceBuffer hidden(DeviceBuffer bytes, NativeHandles.Handle owner) {
    memory.put(bytes.address(), bytes);
    return DeviceBuffer.ofDevice(device, bytes.address(), bytes.byteSize(), owner);
  }

  @Override
  public DeviceStream openStream(Device asked) {
    return new DeferredStream(device, this::toHost);
  }

  @Override
  public DeviceFence openFence(Device asked) {
    return new DeferredStream.Fence();
  }

  @Override
  public DeviceMemory openMemory(Device asked, long byteSize) {
    return new Memory(networks.openMemory(processor, byteSize));
  }

  @Override
  public DeviceMemory openStaging(Device asked, long byteSize) {
    return networks.openMemory(processor, byteSize);
  }

  @Override
  public RowOperations openRowOperations(Device asked) {
    return new DeferredOperations(networks, this::toHost);
  }

  @Override
  public Plan openPlan(PlanRequest request) {
    return new DeferredPlan(this, networks.openPlan(request));
  }

  @Override
  public void close() {}

  private final class Memory implements DeviceMemory {
    private final NativeHandles.Handle owner = NativeHandles.register("deferred.Memory", "memory");
    private final DeviceMemory bytes;
    private final DeviceBuffer buffer;

    private Memory(DeviceMemory bytes) {
      this.bytes = bytes;
      this.buffer = hidden(bytes.buffer(), owner);
    }

    @Override
    public DeviceBuffer buffer() {
      return buffer;
    }

    @Override
    public void close() {
      if (owner.close()) {
        memory.remove(bytes.buffer().address());
        bytes.close();
      }
    }
  }

  private record DeferredPlan(DeferredBackend backend, Plan plan) implements Plan {
    @Override
    public List<TensorSpec> inputs() {
      return plan.inputs();
    }

    @Override
    public List<TensorSpec> outputs() {
      return plan.outputs();
    }

    @Override
    public ExecutionContext openContext(Map<String, List<Long>> shapes) {
      return backend.new Context(plan.openContext(shapes));
    }

    @Override
    public void close() {
      plan.close();
    }
  }

  private final class Context implements ExecutionContext {
    private final NativeHandles.Handle owner = NativeHandles.register("deferred.Context", "rows");
    private final ExecutionContext context;
    private final DeviceStream host = networks.openStream(processor);
    private final Map<String, DeviceBuffer> buffers = new HashMap<>();

    private Context(ExecutionContext context) {
      this.context = context;
      Stream.concat(context.inputs().stream(), context.outputs().stream())
          .map(TensorSpec::name)
          .forEach(name -> buffers.put(name, hidden(context.buffer(name), owner)));
    }

    @Override
    public List<TensorSpec> inputs() {
      return context.inputs();
    }

    @Override
    public List<TensorSpec> outputs() {
      return context.outputs();
    }

    @Override
    public int rows() {
      return context.rows();
    }

    @Override
    public DeviceBuffer buffer(String name) {
      owner.requireOpen();
      return requireNonNull(buffers.get(name), name);
    }

    @Override
    public void enqueue(DeviceStream stream) {
      ((DeferredStream) stream).enqueue(() -> context.enqueue(host));
    }

    @Override
    public void close() {
      buffers.keySet().forEach(name -> memory.remove(context.buffer(name).address()));
      if (owner.close()) {
        host.close();
        context.close();
      }
    }
  }
}
