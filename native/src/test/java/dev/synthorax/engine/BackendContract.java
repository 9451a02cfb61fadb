package dev.synthorax.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every backend promises, all of it; a subclass opens one. */
@SuppressWarnings("MustBeClosedChecker") // where nothing opens
public abstract class BackendContract extends ContextContract {

  @Test
  void describe_openBackend_hasNameVersionAndDevice() {
    assertThat(backend.name()).isNotBlank();
    assertThat(backend.version()).matches("\\d+\\.\\d+.*");
    assertThat(backend.devices()).isNotEmpty();
    assertThat(device.description()).isNotBlank();
    assertThat(stream.device()).isEqualTo(device);
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
  void enqueue_anyRowCount_computesEveryRow(int rows) throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        ExecutionContext context = plan.openContext(rows)) {
      float[] values = new float[3 * rows];
      float[] expected = new float[3 * rows];
      for (int i = 0; i < expected.length; i++) {
        values[i] = i * 0.5f;
        expected[i] = i * 0.5f + 1 + i % 3;
      }
      write(context.buffer("x"), values);

      run(context);

      assertThat(floats(context.buffer("y"))).containsExactly(expected);
      assertThat(context.rows()).isEqualTo(rows);
    }
  }

  @Test
  void enqueue_inputsOfSeveralTypes_areReadFromTheirBuffers() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.mixed(folder)));
        ExecutionContext context = plan.openContext(2)) {
      long[] ids = {5, -6, 7, Long.MAX_VALUE, 0, 1, 2, 3};
      write(context.buffer("a"), 1, 2, 3, 4);
      write(context.buffer("w"), 10, 20);
      writeLongs(context.buffer("ids"), ids);

      run(context);

      assertThat(floats(context.buffer("sum"))).containsExactly(11, 22, 13, 24);
      assertThat(longs(context.buffer("same"))).containsExactly(ids);
    }
  }

  @Test
  void enqueue_again_readsAndWritesTheSameBuffers() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        ExecutionContext context = plan.openContext(1)) {
      DeviceBuffer input = context.buffer("x");
      DeviceBuffer output = context.buffer("y");
      write(input, 0, 1, 2);
      run(context);
      float[] first = floats(output);
      write(input, 0, 100, 200);

      run(context);

      assertThat(first).containsExactly(1, 3, 5);
      assertThat(floats(output)).containsExactly(1, 102, 203);
      assertThat(context.buffer("x").address()).isEqualTo(input.address());
      assertThat(context.buffer("y").address()).isEqualTo(output.address());
    }
  }

  @Test
  void enqueue_betweenCopies_runsInTheStreamsOrder() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        ExecutionContext context = plan.openContext(1)) {
      write(context.buffer("x"), 0, 0, 0);

      context.enqueue(stream);
      stream.copy(context.buffer("y"), context.buffer("x"));
      context.enqueue(stream);
      stream.zero(context.buffer("x"));
      stream.synchronize();

      assertThat(floats(context.buffer("y"))).containsExactly(2, 4, 6);
      assertThat(floats(context.buffer("x"))).containsExactly(0, 0, 0);
    }
  }

  @Test
  void enqueue_inputThatIsAnOutputToo_hasOneBuffer() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.passThrough(folder)));
        ExecutionContext context = plan.openContext(1)) {
      write(context.buffer("x"), -1, 2, 3);

      run(context);

      assertThat(floats(context.buffer("x"))).containsExactly(-1, 2, 3);
      assertThat(floats(context.buffer("y"))).containsExactly(0, 2, 3);
    }
  }

  @Test
  protected void enqueue_manyTimes_allocatesNothingOnTheHeap() throws IOException {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        ExecutionContext context = plan.openContext(2)) {
      for (int i = 0; i < 2000; i++) {
        run(context); // calls of foreign functions allocate until they are compiled
      }
      long before = threads.getCurrentThreadAllocatedBytes();

      for (int i = 0; i < 1000; i++) {
        run(context);
      }

      long perRun = (threads.getCurrentThreadAllocatedBytes() - before) / 1000;
      assertThat(perRun).as("bytes a run, where the smallest object has 16").isLessThan(16);
    }
  }

  @Test
  protected void enqueue_failure_isOneLineAndLeavesContextAndStreamUsable() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.lookup(folder)));
        ExecutionContext context = plan.openContext(1)) {
      writeLongs(context.buffer("ids"), 7L);
      var failure = catchThrowableOfType(InferenceException.class, () -> run(context));
      writeLongs(context.buffer("ids"), 2L);

      run(context);

      assertThat(failure.reason()).isEqualTo(ErrorReason.BACKEND_FAILURE);
      assertThat(failure.getMessage()).hasLineCount(1);
      assertThat(floats(context.buffer("y"))).containsExactly(30);
    }
  }

  @Test
  void enqueue_streamOfAnotherDevice_isRefused() throws IOException {
    var other = new Device(Device.Kind.CPU, 77, "none");
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        ExecutionContext context = plan.openContext(1);
        DeviceStream foreign = HostStream.open(other)) {
      assertThatThrownBy(() -> context.enqueue(foreign))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("stream: of CPU 77 (expected: of " + device.name() + ")");
    }
  }

  @Test
  void run_withoutAContext_computesOrIsUnsupported() throws IOException {
    float[] values = {0, 1, 2};
    var x = new HostTensor("x", DataType.FP32, List.of(1L, 3L), MemorySegment.ofArray(values));
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        RunResult result = plan.run(List.of(x), List.of("y"))) {
      assertThat(result.outputs().getFirst().bytes().toArray(ValueLayout.JAVA_FLOAT))
          .containsExactly(1, 3, 5);
    } catch (InferenceException failure) {
      assertThat(failure.reason()).isEqualTo(ErrorReason.UNSUPPORTED);
      assertThat(failure).hasMessageStartingWith("this backend runs graphs at fixed shapes alone");
    }
  }

  @Test
  void openPlan_anotherDevice_isRefused() throws IOException {
    var other = new Device(Device.Kind.GPU, 77, "none");
    PlanRequest request = PlanRequest.of(TestGraphs.addBias(folder, 1, 2, 3), other);

    assertThatThrownBy(() -> backend.openPlan(request))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("device: GPU 77 (expected: one of [" + device.name() + "])");
  }

  @Test
  void openPlan_missingFile_namesIt() {
    assertModelFailed(folder.resolve("none.onnx"), "none.onnx: no such file");
  }

  @Test
  void openPlan_noGraph_isOneLineNamingTheFile() throws IOException {
    assertModelFailed(Files.writeString(folder.resolve("text.onnx"), "not a graph\n"), "text.onnx");
  }

  @Test
  void openPlan_truncatedGraph_isOneLineNamingTheFile() throws IOException {
    Path file = TestGraphs.addBias(folder, 1, 2, 3);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 20));

    assertModelFailed(file, "add-bias.onnx");
  }

  @Test
  void openPlan_unknownOperator_isNamed() throws IOException {
    assertModelFailed(TestGraphs.unknownOperator(folder), "Frobnicate");
  }

  private void assertModelFailed(Path file, String message) {
    var failure =
        catchThrowableOfType(InferenceException.class, () -> backend.openPlan(request(file)));

    assertThat(failure.reason()).isEqualTo(ErrorReason.MODEL_FAILED);
    assertThat(failure.getMessage()).contains(message).hasLineCount(1);
  }

  @Test
  void close_parentBeforeChild_isRefusedAndTwiceIsFine() throws IOException {
    Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
    ExecutionContext context = plan.openContext(1);
    DeviceBuffer buffer = context.buffer("x");

    assertThatThrownBy(plan::close).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(backend::close).isInstanceOf(IllegalStateException.class);
    context.close();
    context.close();
    plan.close();
    plan.close();
    assertClosed(() -> context.enqueue(stream));
    assertClosed(() -> context.buffer("x"));
    assertClosed(buffer::address);
    assertClosed(() -> stream.zero(buffer));
    assertClosed(() -> plan.openContext(1));
  }

  @Test
  void enqueue_onAClosedStream_isRefused() throws IOException {
    DeviceStream closed = backend.openStream(device);
    closed.close();
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        ExecutionContext context = plan.openContext(1)) {
      assertClosed(() -> context.enqueue(closed));
    }
  }

  @Test
  void backend_afterClose_opensNothing() throws IOException {
    Backend closed = open();
    closed.close();
    closed.close();
    PlanRequest request = request(TestGraphs.addBias(folder, 1, 2, 3));

    assertClosed(() -> closed.openPlan(request));
    assertClosed(() -> closed.openStream(device));
    assertClosed(() -> closed.openFence(device));
    assertClosed(() -> closed.openMemory(device, 8));
    assertClosed(() -> closed.openStaging(device, 8));
  }
}
