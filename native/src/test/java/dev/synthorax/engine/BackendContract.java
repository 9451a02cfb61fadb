package dev.synthorax.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every backend promises; a subclass opens one. */
@SuppressWarnings("MustBeClosedChecker") // the backend is closed after each test
public abstract class BackendContract {

  @TempDir Path folder;
  private Backend backend;
  private Device device;
  private DeviceStream stream;

  /** Opens the backend under test. */
  @MustBeClosed
  protected abstract Backend open();

  @BeforeEach
  void openBackend() {
    backend = open();
    device = backend.devices().getFirst();
    stream = backend.openStream(device);
  }

  @AfterEach
  void closeBackend() {
    stream.close();
    backend.close();
  }

  private PlanRequest request(Path graph) {
    return PlanRequest.of(graph, device).withIntraOpThreads(1);
  }

  @Test
  void describe_openBackend_hasNameVersionAndDevice() {
    assertThat(backend.name()).isNotBlank();
    assertThat(backend.version()).matches("\\d+\\.\\d+.*");
    assertThat(backend.devices()).isNotEmpty();
    assertThat(backend.devices().getFirst().description()).isNotBlank();
  }

  @Test
  void openPlan_graph_tellsInputsAndOutputsInItsOrder() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.mixed(folder)))) {
      assertThat(plan.inputs())
          .containsExactly(
              new TensorSpec("a", DataType.FP32, List.of(TensorSpec.DYNAMIC, 2L)),
              new TensorSpec("w", DataType.FP32, List.of(2L)),
              new TensorSpec("ids", DataType.INT64, List.of(TensorSpec.DYNAMIC, 4L)));
      assertThat(plan.outputs())
          .containsExactly(
              new TensorSpec("sum", DataType.FP32, List.of(TensorSpec.DYNAMIC, 2L)),
              new TensorSpec("same", DataType.INT64, List.of(TensorSpec.DYNAMIC, 4L)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void run_anyRowCount_computesEveryRow(int rows) throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        ExecutionContext context = plan.openContext(rows)) {
      fill(context.buffer("x").host(), 0.5f);

      context.enqueue(stream);

      float[] expected = new float[3 * rows];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = i * 0.5f + 1 + i % 3;
      }
      assertThat(floats(context.buffer("y").host())).containsExactly(expected);
      assertThat(context.rows()).isEqualTo(rows);
    }
  }

  @Test
  void run_inputsOfSeveralTypes_areReadFromTheirBuffers() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.mixed(folder)));
        ExecutionContext context = plan.openContext(2)) {
      MemorySegment.copy(
          new float[] {1, 2, 3, 4}, 0, context.buffer("a").host(), ValueLayout.JAVA_FLOAT, 0, 4);
      MemorySegment.copy(
          new float[] {10, 20}, 0, context.buffer("w").host(), ValueLayout.JAVA_FLOAT, 0, 2);
      long[] ids = {5, -6, 7, Long.MAX_VALUE, 0, 1, 2, 3};
      MemorySegment.copy(ids, 0, context.buffer("ids").host(), ValueLayout.JAVA_LONG, 0, 8);

      context.enqueue(stream);

      assertThat(floats(context.buffer("sum").host())).containsExactly(11, 22, 13, 24);
      assertThat(context.buffer("same").host().toArray(ValueLayout.JAVA_LONG)).containsExactly(ids);
    }
  }

  @Test
  void run_again_readsAndWritesTheSameBuffers() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        ExecutionContext context = plan.openContext(1)) {
      MemorySegment input = context.buffer("x").host();
      MemorySegment output = context.buffer("y").host();
      fill(input, 1);
      context.enqueue(stream);
      float[] first = floats(output);
      fill(input, 100);

      context.enqueue(stream);

      assertThat(first).containsExactly(1, 3, 5);
      assertThat(floats(output)).containsExactly(1, 102, 203);
      assertThat(context.buffer("x").host()).isEqualTo(input);
      assertThat(context.buffer("y").host()).isEqualTo(output);
    }
  }

  @Test
  void run_manyTimes_allocatesNothingOnTheHeap() throws IOException {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        ExecutionContext context = plan.openContext(2)) {
      context.enqueue(stream);
      long before = threads.getCurrentThreadAllocatedBytes();

      for (int i = 0; i < 1000; i++) {
        context.enqueue(stream);
      }

      long perRun = (threads.getCurrentThreadAllocatedBytes() - before) / 1000;
      assertThat(perRun).as("bytes a run").isZero();
    }
  }

  @Test
  void openContext_buffers_areAlignedZeroedAndExact() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.mixed(folder)));
        ExecutionContext context = plan.openContext(3)) {
      for (TensorSpec spec : plan.inputs()) {
        MemorySegment buffer = context.buffer(spec.name()).host();
        assertThat(buffer.byteSize()).isEqualTo(spec.withRows(3).byteSize());
        assertThat(buffer.address() % 64).isZero();
        assertThat(buffer.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
      }
      assertThat(context.buffer("sum").host().byteSize()).isEqualTo(3 * 2 * 4);
    }
  }

  @Test
  void openContext_severalOfOnePlan_doNotShareBuffers() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        ExecutionContext one = plan.openContext(1);
        ExecutionContext two = plan.openContext(2)) {
      fill(one.buffer("x").host(), 1);
      fill(two.buffer("x").host(), 10);

      one.enqueue(stream);
      two.enqueue(stream);

      assertThat(floats(one.buffer("y").host())).containsExactly(1, 3, 5);
      assertThat(floats(two.buffer("y").host())).containsExactly(1, 12, 23, 31, 42, 53);
    }
  }

  @Test
  void openContext_noRows_isRefused() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)))) {
      assertThatThrownBy(() -> plan.openContext(0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("rows: 0 (expected: >= 1)");
    }
  }

  @Test
  void buffers_unknownName_saysWhatThereIs() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        ExecutionContext context = plan.openContext(1)) {
      assertThatThrownBy(() -> context.buffer("z"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("buffer: z (expected: one of [x, y])");
    }
  }

  @Test
  void run_failure_isOneLineAndLeavesTheContextUsable() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.lookup(folder)));
        ExecutionContext context = plan.openContext(1)) {
      context.buffer("ids").host().setAtIndex(ValueLayout.JAVA_LONG, 0, 7);
      var failure = catchThrowableOfType(InferenceException.class, () -> context.enqueue(stream));
      context.buffer("ids").host().setAtIndex(ValueLayout.JAVA_LONG, 0, 2);

      context.enqueue(stream);

      assertThat(failure.reason()).isEqualTo(ErrorReason.BACKEND_FAILURE);
      assertThat(failure.getMessage()).hasLineCount(1);
      assertThat(floats(context.buffer("y").host())).containsExactly(30);
    }
  }

  @Test
  void openPlan_missingFile_namesIt() {
    Path file = folder.resolve("none.onnx");

    var failure = failureOf(file);

    assertThat(failure.reason()).isEqualTo(ErrorReason.MODEL_FAILED);
    assertThat(failure).hasMessageContaining("none.onnx: no such file");
  }

  @Test
  void openPlan_noGraph_isOneLineNamingTheFile() throws IOException {
    Path file = Files.writeString(folder.resolve("text.onnx"), "not a graph\n");

    var failure = failureOf(file);

    assertThat(failure.reason()).isEqualTo(ErrorReason.MODEL_FAILED);
    assertThat(failure.getMessage()).contains("text.onnx").hasLineCount(1);
  }

  @Test
  void openPlan_truncatedGraph_isOneLineNamingTheFile() throws IOException {
    Path file = TestGraphs.addBias(folder, 1, 2, 3);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 20));

    var failure = failureOf(file);

    assertThat(failure.reason()).isEqualTo(ErrorReason.MODEL_FAILED);
    assertThat(failure.getMessage()).contains("add-bias.onnx").hasLineCount(1);
  }

  @Test
  void openPlan_unknownOperator_isNamed() throws IOException {
    var failure = failureOf(TestGraphs.unknownOperator(folder));

    assertThat(failure.reason()).isEqualTo(ErrorReason.MODEL_FAILED);
    assertThat(failure.getMessage()).contains("Frobnicate").hasLineCount(1);
  }

  @Test
  void openContext_severalDynamicDims_takesTheirShapesAndInfersTheOutputs() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.dynamicWidth(folder)));
        ExecutionContext context = plan.openContext(Map.of("x", List.of(2L, 3L)))) {
      fill(context.buffer("x").host(), 1);

      context.enqueue(stream);

      assertThat(plan.inputs().getFirst().shape()).containsExactly(-1L, -1L);
      assertThat(context.outputs().getFirst().shape()).containsExactly(2L, 3L);
      assertThat(floats(context.buffer("y").host())).containsExactly(0, 1, 2, 3, 4, 5);
      assertThatThrownBy(() -> plan.openContext(2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("x: [-1, -1] (expected: only the first dim is dynamic");
    }
  }

  @Test
  void close_parentBeforeChild_isRefusedAndTwiceIsFine() throws IOException {
    Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
    ExecutionContext context = plan.openContext(1);

    assertThatThrownBy(plan::close).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(backend::close).isInstanceOf(IllegalStateException.class);
    context.close();
    context.close();
    plan.close();
    plan.close();
    assertThatThrownBy(() -> context.enqueue(stream)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> context.buffer("x").host()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> plan.openContext(1)).isInstanceOf(IllegalStateException.class);
  }

  private InferenceException failureOf(Path file) {
    return catchThrowableOfType(InferenceException.class, () -> backend.openPlan(request(file)));
  }

  private static void fill(MemorySegment buffer, float step) {
    for (long i = 0; i < buffer.byteSize() / Float.BYTES; i++) {
      buffer.setAtIndex(ValueLayout.JAVA_FLOAT, i, i * step);
    }
  }

  private static float[] floats(MemorySegment buffer) {
    return buffer.toArray(ValueLayout.JAVA_FLOAT);
  }
}
