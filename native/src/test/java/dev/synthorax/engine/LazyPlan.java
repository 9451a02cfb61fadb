package dev.synthorax.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A graph of {@link LazyBackend}, and its contexts. */
final class LazyPlan implements Plan {
  private final NativeHandles.Handle handle;
  private final AtomicInteger openContexts = new AtomicInteger();
  private final LazyBackend backend;
  private final PlanRequest request;
  private final LazyGraph graph;
  private final Runnable onClose;

  LazyPlan(LazyBackend backend, PlanRequest request, LazyGraph graph, Runnable onClose) {
    this.handle = NativeHandles.register("lazy.Plan", request.graph().toString());
    this.backend = backend;
    this.request = request;
    this.graph = graph;
    this.onClose = onClose;
  }

  @Override
  public List<TensorSpec> inputs() {
    return GraphTensor.specs(graph.inputs());
  }

  @Override
  public List<TensorSpec> outputs() {
    return GraphTensor.specs(graph.outputs());
  }

  @Override
  public ExecutionContext openContext(Map<String, List<Long>> dims) {
    handle.requireOpen();
    var shapes = GraphTensor.resolve(graph.inputs(), graph.outputs(), dims, request);
    openContexts.incrementAndGet();
    return new Context(shapes);
  }

  @Override
  public void close() {
    if (openContexts.get() > 0) {
      throw new IllegalStateException(openContexts.get() + " contexts are still open");
    }
    if (handle.close()) {
      onClose.run();
    }
  }

  private final class Context implements ExecutionContext {
    private final NativeHandles.Handle owner;
    private final GraphTensor.Shapes shapes;
    private final Arena arena = Arena.ofShared();
    private final Map<String, DeviceBuffer> buffers = new LinkedHashMap<>();
    private final List<Long> addresses = new ArrayList<>();

    private Context(GraphTensor.Shapes shapes) {
      this.owner = NativeHandles.register("lazy.Context", "rows " + shapes.rows());
      this.shapes = shapes;
      shapes.inputs().forEach(this::allocate);
      shapes.outputs().forEach(this::allocate);
    }

    private void allocate(TensorSpec spec) {
      if (buffers.containsKey(spec.name())) {
        return; // an input that is an output too
      }
      DeviceBuffer buffer = backend.allocate(arena, spec.byteSize(), owner);
      buffers.put(spec.name(), buffer);
      addresses.add(buffer.address());
    }

    @Override
    public List<TensorSpec> inputs() {
      return shapes.inputs();
    }

    @Override
    public List<TensorSpec> outputs() {
      return shapes.outputs();
    }

    @Override
    public int rows() {
      return shapes.rows();
    }

    @Override
    public DeviceBuffer buffer(String name) {
      owner.requireOpen();
      DeviceBuffer buffer = buffers.get(name);
      if (buffer == null) {
        throw new IllegalArgumentException(
            "buffer: " + name + " (expected: one of " + buffers.keySet() + ")");
      }
      return buffer;
    }

    @Override
    public void enqueue(DeviceStream stream) {
      owner.requireOpen();
      if (!stream.device().equals(request.device())) {
        throw new IllegalArgumentException(
            "stream: of %s (expected: of %s)"
                .formatted(stream.device().name(), request.device().name()));
      }
      var memory = new HashMap<String, MemorySegment>();
      buffers.forEach((name, buffer) -> memory.put(name, backend.bytes(buffer)));
      ((LazyStream) stream).enqueue(() -> graph.run(memory));
    }

    @Override
    public void close() {
      if (owner.close()) {
        addresses.forEach(backend::free);
        arena.close();
        openContexts.decrementAndGet();
      }
    }
  }
}
