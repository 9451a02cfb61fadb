package dev.synthorax.server.pipeline;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Networks of plain arithmetic, each row on its own; a test can hold its steps, break them and
 * count them.
 */
public final class FakeBackend implements Backend {
  private final AtomicInteger open = new AtomicInteger();
  private final List<Integer> unetRuns = new CopyOnWriteArrayList<>();
  private final List<Integer> controlRuns = new CopyOnWriteArrayList<>();
  private final List<String> encodedRuns = new CopyOnWriteArrayList<>();
  private final Set<Integer> companyDependent = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Semaphore steps;
  private volatile Runnable calls = () -> {};
  private volatile boolean failing;
  private volatile boolean notFinite;

  /** Padded rows of every U-Net run, those of the probe included. */
  public List<Integer> unetRuns() {
    return unetRuns;
  }

  /** Padded rows of every ControlNet run, those of the probe included. */
  public List<Integer> controlRuns() {
    return controlRuns;
  }

  /** One entry for each run of the text encoder. */
  public List<String> encodedRuns() {
    return encodedRuns;
  }

  /** From now on a U-Net run waits for a permit. */
  public Semaphore holdSteps() {
    var permits = new Semaphore(0);
    steps = permits;
    return permits;
  }

  /** Ends {@link #holdSteps}, also for a run that waits. */
  public void letGo() {
    Semaphore permits = steps;
    steps = null;
    if (permits != null) {
      permits.release(1_000_000);
    }
  }

  /** Whether every U-Net run fails. */
  public void fail(boolean now) {
    failing = now;
  }

  /** From now on outputs are not finite. */
  void breakWeights() {
    notFinite = true;
  }

  /** From now on a row's result depends on its company at this row count. */
  void dependOnCompany(int rows) {
    companyDependent.add(rows);
  }

  /** Plans and contexts that are open. */
  public int open() {
    return open.get();
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public List<Device> devices() {
    return List.of(new Device(Device.Kind.CPU, 0, "arithmetic"));
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker")
  public Plan openPlan(PlanRequest request) {
    open.incrementAndGet();
    return new FakePlan(request.device(), String.valueOf(request.graph().getFileName()));
  }

  /** From now on called at every run of a network and every allocation of memory. */
  public void onCall(Runnable listener) {
    calls = listener;
  }

  /** Something else happens that counts as a call. */
  void called() {
    calls.run();
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker")
  public DeviceMemory openMemory(Device device, long byteSize) {
    calls.run();
    return Backend.super.openMemory(device, byteSize);
  }

  @Override
  public void close() {}

  private static TensorSpec floats(String name, long... shape) {
    var dims = new java.util.ArrayList<Long>(List.of(TensorSpec.DYNAMIC));
    for (long dim : shape) {
      dims.add(dim);
    }
    return new TensorSpec(name, DataType.FP32, dims);
  }

  private final class FakePlan implements Plan {
    private final Device device;
    private final String graph;

    private FakePlan(Device device, String graph) {
      this.device = device;
      this.graph = graph;
    }

    @Override
    public List<TensorSpec> inputs() {
      var sample = floats("sample", 4, 2, 2);
      var timestep = floats("timestep");
      var text = floats("encoder_hidden_states", FakePipelines.TEXT_LENGTH, 4);
      return switch (graph) {
        case "text_encoder" ->
            List.of(
                new TensorSpec(
                    "input_ids",
                    DataType.INT64,
                    List.of(TensorSpec.DYNAMIC, (long) FakePipelines.TEXT_LENGTH)));
        case "unet" ->
            List.of(
                sample,
                timestep,
                text,
                FakePipelines.RESIDUALS.get(0),
                FakePipelines.RESIDUALS.get(1));
        case "controlnet" ->
            List.of(
                sample,
                timestep,
                text,
                floats("controlnet_cond", 2, FakePipelines.SIDE, FakePipelines.SIDE));
        case "vae_decoder" -> List.of(floats("latent_sample", 4, 2, 2));
        case "vae_encoder" -> List.of(floats("sample", 1, FakePipelines.SIDE, FakePipelines.SIDE));
        default -> throw new AssertionError(graph);
      };
    }

    @Override
    public List<TensorSpec> outputs() {
      return switch (graph) {
        case "text_encoder" -> List.of(floats("last_hidden_state", FakePipelines.TEXT_LENGTH, 4));
        case "unet" -> List.of(floats("out_sample", 4, 2, 2));
        case "controlnet" -> FakePipelines.RESIDUALS;
        case "vae_decoder" -> List.of(floats("sample", 1, FakePipelines.SIDE, FakePipelines.SIDE));
        case "vae_encoder" -> List.of(floats("latent_parameters", 8, 2, 2));
        default -> throw new AssertionError(graph);
      };
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker")
    public ExecutionContext openContext(Map<String, List<Long>> shapes) {
      open.incrementAndGet();
      return new FakeContext(this, shapes);
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }

  private final class FakeContext implements ExecutionContext {
    private final FakePlan plan;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    private final int rows;
    private final NativeHandles.Handle handle;
    private final Arena arena = Arena.ofShared();
    private final Map<String, DeviceBuffer> buffers = new HashMap<>();

    private FakeContext(FakePlan plan, Map<String, List<Long>> shapes) {
      this.plan = plan;
      this.inputs = fixed(plan.inputs(), shapes);
      this.outputs = fixed(plan.outputs(), shapes);
      this.rows = Math.toIntExact(inputs.getFirst().shape().getFirst());
      this.handle = NativeHandles.register("fake.ExecutionContext", plan.graph + " rows " + rows);
      inputs.forEach(this::allocate);
      outputs.forEach(this::allocate);
    }

    private static List<TensorSpec> fixed(List<TensorSpec> specs, Map<String, List<Long>> shapes) {
      return specs.stream()
          .map(spec -> spec.withShape(shapes.getOrDefault(spec.name(), spec.shape())))
          .toList();
    }

    private void allocate(TensorSpec spec) {
      MemorySegment memory = arena.allocate(spec.byteSize(), 64);
      buffers.put(spec.name(), DeviceBuffer.ofHost(plan.device, memory, handle));
    }

    @Override
    public List<TensorSpec> inputs() {
      return inputs;
    }

    @Override
    public List<TensorSpec> outputs() {
      return outputs;
    }

    @Override
    public int rows() {
      return rows;
    }

    @Override
    public DeviceBuffer buffer(String name) {
      DeviceBuffer buffer = buffers.get(name);
      if (buffer == null) {
        throw new IllegalArgumentException(name + ": no such tensor");
      }
      return buffer;
    }

    private MemorySegment memory(String name) {
      return buffer(name).host();
    }

    @Override
    public void enqueue(DeviceStream stream) {
      calls.run();
      switch (plan.graph) {
        case "text_encoder" -> encodedRuns.add("rows=" + rows);
        case "unet" -> beforeStep();
        case "controlnet" -> controlRuns.add(rows);
        default -> {}
      }
      for (TensorSpec output : outputs) {
        FakeArithmetic.run(output.name(), rows, this::memory, memory(output.name()));
      }
      if (companyDependent.contains(rows) && plan.graph.equals("unet")) {
        FakeArithmetic.add(memory("out_sample"), rows);
      }
      if (notFinite && plan.graph.equals("unet")) {
        FakeArithmetic.add(memory("out_sample"), Float.NaN);
      }
    }

    private void beforeStep() {
      Semaphore permits = steps;
      if (permits != null) {
        permits.acquireUninterruptibly();
      }
      if (failing) {
        throw new InferenceException(
            ErrorReason.BACKEND_FAILURE, "/secret/path: the fake fails as told");
      }
      unetRuns.add(rows);
    }

    @Override
    public void close() {
      open.decrementAndGet();
      handle.close();
      arena.close();
    }
  }
}
