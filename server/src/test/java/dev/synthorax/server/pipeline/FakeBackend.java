package dev.synthorax.server.pipeline;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanOptions;
import dev.synthorax.engine.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
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
  int open() {
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
  public Plan openPlan(Path onnxFile, PlanOptions options) {
    open.incrementAndGet();
    return new FakePlan(String.valueOf(onnxFile.getFileName()));
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
    private final String graph;

    private FakePlan(String graph) {
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
        default -> throw new AssertionError(graph);
      };
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker")
    public ExecutionContext openContext(int rows) {
      open.incrementAndGet();
      return new FakeContext(this, rows);
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }

  private final class FakeContext implements ExecutionContext {
    private final FakePlan plan;
    private final int rows;
    private final Arena arena = Arena.ofShared();
    private final Map<String, MemorySegment> inputs = new HashMap<>();
    private final Map<String, MemorySegment> outputs = new HashMap<>();

    private FakeContext(FakePlan plan, int rows) {
      this.plan = plan;
      this.rows = rows;
      plan.inputs()
          .forEach(s -> inputs.put(s.name(), arena.allocate(s.withRows(rows).byteSize(), 64)));
      plan.outputs()
          .forEach(s -> outputs.put(s.name(), arena.allocate(s.withRows(rows).byteSize(), 64)));
    }

    @Override
    public int rows() {
      return rows;
    }

    @Override
    public MemorySegment input(String name) {
      return known(inputs.get(name), name);
    }

    @Override
    public MemorySegment output(String name) {
      return known(outputs.get(name), name);
    }

    private static MemorySegment known(@Nullable MemorySegment segment, String name) {
      if (segment == null) {
        throw new IllegalArgumentException(name + ": no such tensor");
      }
      return segment;
    }

    @Override
    public void run() {
      switch (plan.graph) {
        case "text_encoder" -> encodedRuns.add("rows=" + rows);
        case "unet" -> beforeStep();
        case "controlnet" -> controlRuns.add(rows);
        default -> {}
      }
      outputs.forEach((name, output) -> FakeArithmetic.run(name, rows, this::input, output));
      if (companyDependent.contains(rows) && plan.graph.equals("unet")) {
        FakeArithmetic.add(output("out_sample"), rows);
      }
      if (notFinite && plan.graph.equals("unet")) {
        FakeArithmetic.add(output("out_sample"), Float.NaN);
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
      arena.close();
    }
  }
}
