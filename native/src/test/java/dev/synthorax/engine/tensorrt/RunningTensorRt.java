package dev.synthorax.engine.tensorrt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.GraphTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.LazyGraph;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.engine.cuda.FakeDriver;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A library whose plans are the graphs' names and whose engines compute in plain Java, as a host
 * function in the order of the fake driver's streams.
 */
@SuppressWarnings("restricted") // the fake's device memory is memory of the host
final class RunningTensorRt extends FakeTensorRt {

  /** Scratch memory that a context wants for each of its rows. */
  static final long ACTIVATION_BYTES_A_ROW = 1 << 12;

  /** Where the contexts' scratch memory lay at each run that was enqueued, oldest first. */
  final List<Long> scratches = new CopyOnWriteArrayList<>();

  private final FakeDriver driver;

  RunningTensorRt(FakeDriver driver) {
    this.driver = driver;
  }

  @Override
  @MustBeClosed
  public Compiled compile(Order order) {
    try {
      LazyGraph.read(order.graph());
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      throw Diagnosis.ofParsing(
          String.valueOf(order.graph().getFileName()), "", "", message, false);
    }
    return compiled(order.graph().toString());
  }

  @Override
  @MustBeClosed
  public Engine load(String name, Device device, MemorySegment plan) {
    var file = Path.of(new String(plan.toArray(ValueLayout.JAVA_BYTE), UTF_8));
    try {
      open.incrementAndGet();
      return new RunningEngine(LazyGraph.read(file), PlanRequest.of(file, device));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class RunningEngine implements Engine {
    private final LazyGraph graph;
    private final PlanRequest request;

    RunningEngine(LazyGraph graph, PlanRequest request) {
      this.graph = graph;
      this.request = request;
    }

    @Override
    public boolean decidesShapes(String tensor) {
      return false;
    }

    @Override
    @MustBeClosed
    public EngineContext openContext(int profile, List<TensorSpec> inputs, long stream) {
      Map<String, List<Long>> dims =
          inputs.stream().collect(Collectors.toMap(TensorSpec::name, TensorSpec::shape));
      open.incrementAndGet();
      return new RunningContext(
          graph, GraphTensor.resolve(graph.inputs(), graph.outputs(), dims, request));
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }

  /** What the driver calls in the order of a stream. */
  private interface HostFunction {
    @SuppressWarnings("UnusedMethod") // native code calls it
    void run(MemorySegment data);
  }

  private final class RunningContext implements EngineContext {
    private final Arena arena = Arena.ofShared();
    private final LazyGraph graph;
    private final GraphTensor.Shapes shapes;
    private final Map<String, Long> addresses = new LinkedHashMap<>();
    private final MemorySegment function;
    private long scratch;

    RunningContext(LazyGraph graph, GraphTensor.Shapes shapes) {
      this.graph = graph;
      this.shapes = shapes;
      HostFunction computing = _ -> compute();
      try {
        function =
            Linker.nativeLinker()
                .upcallStub(
                    MethodHandles.lookup()
                        .bind(
                            computing,
                            "run",
                            MethodType.methodType(void.class, MemorySegment.class)),
                    FunctionDescriptor.ofVoid(ValueLayout.ADDRESS),
                    arena);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("run", e);
      }
    }

    private void compute() {
      var memory = new HashMap<String, MemorySegment>();
      tensors()
          .forEach(
              spec ->
                  memory.put(
                      spec.name(),
                      MemorySegment.ofAddress(requireNonNull(addresses.get(spec.name())))
                          .reinterpret(spec.byteSize())));
      try {
        graph.run(memory);
      } catch (InferenceException e) {
        // TensorRT does not look at indices either; nothing may be thrown into native code
        memory.clear();
      }
    }

    private Stream<TensorSpec> tensors() {
      return Stream.concat(shapes.inputs().stream(), shapes.outputs().stream());
    }

    @Override
    public long activationBytes() {
      return shapes.rows() * ACTIVATION_BYTES_A_ROW;
    }

    @Override
    public List<Long> shape(String tensor) {
      return shapes.outputs().stream()
          .filter(spec -> spec.name().equals(tensor))
          .findFirst()
          .orElseThrow()
          .shape();
    }

    @Override
    public void bind(String tensor, long address) {
      addresses.put(tensor, address);
    }

    @Override
    public void useMemory(long address, long byteSize) {
      if (byteSize < activationBytes()) {
        throw new IllegalArgumentException("byteSize: " + byteSize);
      }
      scratch = address;
    }

    @Override
    public void enqueue(long stream) {
      for (TensorSpec spec : shapes.inputs()) {
        declare(stream, requireNonNull(addresses.get(spec.name())), spec.byteSize(), 0);
      }
      for (TensorSpec spec : shapes.outputs()) {
        declare(stream, requireNonNull(addresses.get(spec.name())), spec.byteSize(), 1);
      }
      declare(stream, scratch, activationBytes(), 1);
      scratches.add(scratch);
      driver.call("cuLaunchHostFunc", stream, function, MemorySegment.NULL);
    }

    private void declare(long stream, long address, long byteSize, int write) {
      driver.call("fakecu_declare", stream, MemorySegment.ofAddress(address), byteSize, write);
    }

    @Override
    public void close() {
      driver.drain();
      arena.close();
      open.decrementAndGet();
    }
  }
}
