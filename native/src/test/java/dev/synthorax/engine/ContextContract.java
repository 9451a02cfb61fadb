package dev.synthorax.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every backend promises of contexts: their buffers, types and shapes. */
@SuppressWarnings("MustBeClosedChecker") // where nothing opens
abstract class ContextContract extends StreamContract {

  @Test
  void openContext_buffers_areAlignedZeroedExactAndOfTheDevice() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.mixed(folder)));
        ExecutionContext context = plan.openContext(3)) {
      assertThat(context.inputs())
          .isEqualTo(plan.inputs().stream().map(spec -> spec.withRows(3)).toList());
      for (TensorSpec spec : context.inputs()) {
        DeviceBuffer buffer = context.buffer(spec.name());
        assertThat(buffer.byteSize()).isEqualTo(spec.byteSize());
        assertThat(buffer.device()).isEqualTo(device);
        assertThat(buffer.address() % 64).isZero();
        assertThat(bytes(buffer)).containsOnly(0);
      }
      assertThat(context.buffer("sum").byteSize()).isEqualTo(3 * 2 * 4);
    }
  }

  @ParameterizedTest
  @EnumSource(value = DataType.class, mode = EnumSource.Mode.EXCLUDE, names = "BYTES")
  protected void enqueue_everyType_keepsItsBytes(DataType type) throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.identity(folder, type)));
        ExecutionContext context = plan.openContext(2)) {
      byte[] values = new byte[2 * 3 * type.bytes()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (byte) (type == DataType.BOOL ? i % 2 : 37 * i + 1);
      }
      write(context.buffer("x"), MemorySegment.ofArray(values));

      run(context);

      assertThat(plan.inputs().getFirst().dataType()).isEqualTo(type);
      assertThat(bytes(context.buffer("y"))).isEqualTo(values);
    }
  }

  @Test
  void openContext_bytes_isRefusedByName() throws IOException {
    PlanRequest request = request(TestGraphs.identity(folder, DataType.BYTES));

    assertThatThrownBy(() -> openContext(request))
        .isInstanceOfSatisfying(
            InferenceException.class,
            failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.UNSUPPORTED))
        .hasMessageEndingWith("identity.onnx: x is BYTES (expected: a type of fixed size)");
  }

  /** A backend that cannot run the graph without contexts either may refuse to open its plan. */
  private void openContext(PlanRequest request) {
    try (Plan plan = backend.openPlan(request)) {
      plan.openContext(1).close();
    }
  }

  @Test
  protected void openContext_severalDynamicDims_takesTheirShapesAndInfersTheOutputs()
      throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.dynamicWidth(folder)));
        ExecutionContext context = plan.openContext(Map.of("x", List.of(2L, 3L)))) {
      write(context.buffer("x"), -1, 2, -3, 4, -5, 6);

      run(context);

      assertThat(plan.inputs().getFirst().shape()).containsExactly(-1L, -1L);
      assertThat(context.outputs().getFirst().shape()).containsExactly(2L, 3L);
      assertThat(context.rows()).isEqualTo(2);
      assertThat(floats(context.buffer("y"))).containsExactly(0, 2, 0, 4, 0, 6);
    }
  }

  @Test
  protected void openContext_outputThatFollowsFromNoInput_needsItsShape() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.reshape(folder)))) {
      Map<String, List<Long>> inputs = Map.of("x", List.of(2L, 3L));

      assertThatThrownBy(() -> plan.openContext(inputs))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("y: [-1, -1] follows from no input (expected: its shape beside the inputs')");
      try (ExecutionContext context =
          plan.openContext(Map.of("x", List.of(2L, 3L), "y", List.of(3L, 2L)))) {
        write(context.buffer("x"), 1, 2, 3, 4, 5, 6);
        writeLongs(context.buffer("dims"), 3L, 2L);

        run(context);

        assertThat(floats(context.buffer("y"))).containsExactly(1, 2, 3, 4, 5, 6);
      }
    }
  }

  @Test
  void openContext_shapesThatDoNotFit_areRefusedByName() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.mixed(folder)))) {
      List<Long> ids = List.of(2L, 4L);

      assertRefused(plan, Map.of("a", List.of(2L, 2L)), "ids: no shape given");
      assertRefused(plan, Map.of("a", List.of(2L, 3L), "ids", ids), "a: [2, 3] (expected: dims");
      assertRefused(plan, Map.of("a", List.of(2L), "ids", ids), "a: [2] (expected: dims");
      assertRefused(plan, Map.of("a", List.of(0L, 2L), "ids", ids), "a: [0, 2] (expected: dims");
      assertRefused(plan, Map.of("a", List.of(3L, 2L), "ids", ids), "(expected: dim 0 is 3, as");
      assertRefused(
          plan,
          Map.of("a", List.of(2L, 2L), "ids", ids, "z", ids),
          "shapes: [z] (expected: some of [a, w, ids, sum, same])");
    }
  }

  private static void assertRefused(Plan plan, Map<String, List<Long>> shapes, String message) {
    assertThatThrownBy(() -> plan.openContext(shapes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void openContext_rowsThatWereNotRequested_areRefused() throws IOException {
    PlanRequest request = request(TestGraphs.addBias(folder, 1, 2, 3)).withRowProfiles(List.of(2));
    try (Plan plan = backend.openPlan(request);
        ExecutionContext context = plan.openContext(2)) {
      assertThat(context.rows()).isEqualTo(2);
      assertThatThrownBy(() -> plan.openContext(3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("rows: 3 (expected: one of [2])");
    }
  }

  @Test
  protected void openContext_rowsAlone_areRefusedWhereTheyAreNotAll() throws IOException {
    try (Plan rows = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        Plan wide = backend.openPlan(request(TestGraphs.dynamicWidth(folder)))) {
      assertThatThrownBy(() -> rows.openContext(0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("rows: 0 (expected: >= 1)");
      assertThatThrownBy(() -> wide.openContext(2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("x: [-1, -1] (expected: only the first dim is dynamic");
    }
  }

  @Test
  void openContext_severalOfOnePlan_doNotShareBuffers() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        ExecutionContext one = plan.openContext(1);
        ExecutionContext two = plan.openContext(2)) {
      write(one.buffer("x"), 0, 1, 2);
      write(two.buffer("x"), 0, 10, 20, 30, 40, 50);

      one.enqueue(stream);
      two.enqueue(stream);
      stream.synchronize();

      assertThat(floats(one.buffer("y"))).containsExactly(1, 3, 5);
      assertThat(floats(two.buffer("y"))).containsExactly(1, 12, 23, 31, 42, 53);
    }
  }

  @Test
  void enqueue_contextsOfOnePlanOnTwoThreads_computeAsAlone()
      throws IOException, InterruptedException, ExecutionException {
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        var threads = Executors.newFixedThreadPool(2)) {
      Future<Integer> one = threads.submit(() -> wrongRuns(plan, 1));
      Future<Integer> two = threads.submit(() -> wrongRuns(plan, 2));

      assertThat(one.get()).isZero();
      assertThat(two.get()).isZero();
    }
  }

  /** Runs a context of its own on a stream of its own; x goes in and x + bias comes out. */
  private int wrongRuns(Plan plan, int rows) {
    int wrong = 0;
    long bytes = rows * 3L * Float.BYTES;
    try (ExecutionContext context = plan.openContext(rows);
        DeviceStream own = backend.openStream(device);
        DeviceMemory staging = backend.openStaging(device, bytes)) {
      MemorySegment host = staging.buffer().host();
      for (int run = 0; run < 100; run++) {
        for (int i = 0; i < rows * 3; i++) {
          DataType.FP32.setFloat(host, i, run * rows);
        }
        own.copy(staging.buffer(), context.buffer("x"));
        context.enqueue(own);
        own.copy(context.buffer("y"), staging.buffer());
        own.synchronize();
        for (int i = 0; i < rows * 3; i++) {
          wrong += DataType.FP32.getFloat(host, i) == run * rows + 1 + i % 3 ? 0 : 1;
        }
      }
    }
    return wrong;
  }

  @Test
  void buffer_unknownName_saysWhatThereIs() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        ExecutionContext context = plan.openContext(1)) {
      assertThatThrownBy(() -> context.buffer("z"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("buffer: z (expected: one of [x, y])");
    }
  }
}
