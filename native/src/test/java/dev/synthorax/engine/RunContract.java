package dev.synthorax.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a backend promises that runs any graph at any shapes. */
@SuppressWarnings("MustBeClosedChecker") // where nothing opens
public abstract class RunContract extends BackendFixture {

  @ParameterizedTest
  @EnumSource(value = DataType.class, mode = EnumSource.Mode.EXCLUDE, names = "BYTES")
  void run_everyType_keepsItsBytes(DataType type) throws IOException {
    byte[] values = new byte[2 * 3 * type.bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (type == DataType.BOOL ? i % 2 : 37 * i + 1);
    }
    HostTensor x = new HostTensor("x", type, List.of(2L, 3L), MemorySegment.ofArray(values));
    try (Plan plan = backend.openPlan(request(TestGraphs.identity(folder, type)));
        RunResult result = plan.run(List.of(x), List.of())) {
      HostTensor y = result.outputs().getFirst();

      assertThat(y.name()).isEqualTo("y");
      assertThat(y.dataType()).isEqualTo(type);
      assertThat(y.shape()).containsExactly(2L, 3L);
      assertThat(y.bytes().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(values);
    }
  }

  @Test
  void run_strings_comeBackWhateverBytesTheyHold() throws IOException {
    var texts = List.of("thorax", "", "a\0b", "Lungenödem", "x".repeat(5000), "\n");
    try (Plan plan = backend.openPlan(request(TestGraphs.identity(folder, DataType.BYTES)));
        RunResult result = plan.run(List.of(strings("x", List.of(2L, 3L), texts)), List.of())) {
      HostTensor y = result.outputs().getFirst();

      assertThat(plan.inputs().getFirst().dataType()).isEqualTo(DataType.BYTES);
      assertThat(y.dataType()).isEqualTo(DataType.BYTES);
      assertThat(y.shape()).containsExactly(2L, 3L);
      assertThat(y.bytes().mismatch(strings("x", List.of(6L), texts).bytes())).isEqualTo(-1);
      assertThat(y.strings().get(3).toArray(ValueLayout.JAVA_BYTE))
          .isEqualTo("Lungenödem".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void run_outputKnownOnlyAfterwards_hasItsShape() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.nonZero(folder)))) {
      try (RunResult result =
          plan.run(List.of(floats("x", List.of(2L, 3L), 0, 5, 0, 7, 0, 9)), List.of())) {
        HostTensor y = result.outputs().getFirst();

        assertThat(y.shape()).containsExactly(2L, 3L);
        assertThat(y.bytes().toArray(ValueLayout.JAVA_LONG)).containsExactly(0, 1, 1, 1, 0, 2);
      }
      try (RunResult result = plan.run(List.of(floats("x", List.of(1L, 2L), 0, 0)), List.of())) {
        assertThat(result.outputs().getFirst().shape()).containsExactly(2L, 0L);
        assertThat(result.outputs().getFirst().bytes().byteSize()).isZero();
      }
    }
  }

  @Test
  void run_anyDims_areThoseOfTheInputs() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.dynamicWidth(folder)))) {
      try (RunResult one =
              plan.run(List.of(floats("x", List.of(1L, 4L), -1, 2, -3, 4)), List.of());
          RunResult two = plan.run(List.of(floats("x", List.of(3L, 1L), 5, -6, 7)), List.of())) {
        assertThat(one.outputs().getFirst().shape()).containsExactly(1L, 4L);
        assertThat(floats(one.outputs().getFirst())).containsExactly(0, 2, 0, 4);
        assertThat(two.outputs().getFirst().shape()).containsExactly(3L, 1L);
        assertThat(floats(two.outputs().getFirst())).containsExactly(5, 0, 7);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "INT64", "BYTES"})
  void run_noElements_givesNone(DataType type) throws IOException {
    HostTensor none = new HostTensor("x", type, List.of(0L, 3L), MemorySegment.NULL);
    try (Plan plan = backend.openPlan(request(TestGraphs.identity(folder, type)));
        RunResult result = plan.run(List.of(none), List.of())) {
      assertThat(result.outputs().getFirst().shape()).containsExactly(0L, 3L);
      assertThat(result.outputs().getFirst().bytes().byteSize()).isZero();
    }
  }

  @Test
  void run_outputsByName_areThoseInThatOrder() throws IOException {
    HostTensor a = floats("a", List.of(1L, 2L), 1, 2);
    HostTensor w = floats("w", List.of(2L), 10, 20);
    HostTensor ids =
        new HostTensor("ids", DataType.INT64, List.of(1L, 4L), MemorySegment.ofArray(new long[4]));
    try (Plan plan = backend.openPlan(request(TestGraphs.mixed(folder)));
        RunResult both = plan.run(List.of(w, ids, a), List.of("same", "sum"));
        RunResult one = plan.run(List.of(w, ids, a), List.of("sum"))) {
      assertThat(both.outputs()).extracting(HostTensor::name).containsExactly("same", "sum");
      assertThat(one.outputs()).extracting(HostTensor::name).containsExactly("sum");
      assertThat(floats(one.outputs().getFirst())).containsExactly(11, 22);
    }
  }

  @Test
  void run_inputAtAnyAddress_isRead() throws IOException {
    try (Arena arena = Arena.ofConfined();
        Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)))) {
      MemorySegment memory = arena.allocate(32, 16);
      for (int offset = 0; offset < 5; offset++) {
        MemorySegment bytes = memory.asSlice(offset, 12);
        bytes.copyFrom(MemorySegment.ofArray(new float[] {offset, 10, 20}));
        HostTensor x = new HostTensor("x", DataType.FP32, List.of(1L, 3L), bytes);

        try (RunResult result = plan.run(List.of(x), List.of())) {
          assertThat(floats(result.outputs().getFirst())).containsExactly(offset + 1, 12, 23);
        }
      }
    }
  }

  @Test
  void run_outputThatIsAnInput_outlivesTheInputsMemory() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.passThrough(folder)))) {
      RunResult result;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_FLOAT, -1, 2, 3);
        HostTensor x = new HostTensor("x", DataType.FP32, List.of(1L, 3L), bytes);
        result = plan.run(List.of(x), List.of("x", "y"));
        bytes.fill((byte) 0);
      }
      try (result) {
        assertThat(floats(result.outputs().get(0))).containsExactly(-1, 2, 3);
        assertThat(floats(result.outputs().get(1))).containsExactly(0, 2, 3);
      }
    }
  }

  @Test
  void run_onSeveralThreads_computesAsAlone()
      throws IOException, InterruptedException, ExecutionException {
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        var threads = Executors.newFixedThreadPool(3)) {
      var futures = new ArrayList<Future<Integer>>();
      for (int thread = 0; thread < 3; thread++) {
        int rows = thread + 1;
        futures.add(threads.submit(() -> wrongRuns(plan, rows)));
      }

      for (Future<Integer> future : futures) {
        assertThat(future.get()).isZero();
      }
    }
  }

  private static int wrongRuns(Plan plan, int rows) {
    int wrong = 0;
    for (int run = 0; run < 100; run++) {
      float[] values = new float[3 * rows];
      Arrays.fill(values, run * rows);
      try (RunResult result =
          plan.run(List.of(floats("x", List.of((long) rows, 3L), values)), List.of())) {
        float[] y = floats(result.outputs().getFirst());
        for (int i = 0; i < y.length; i++) {
          wrong += y[i] == run * rows + 1 + i % 3 ? 0 : 1;
        }
      }
    }
    return wrong;
  }

  @Test
  void run_manyMistakes_areToldAtOnce() throws IOException {
    HostTensor a = floats("a", List.of(2L, 3L), 1, 2);
    HostTensor w = new HostTensor("w", DataType.INT32, List.of(2L), MemorySegment.NULL);
    HostTensor z = floats("z", List.of(1L), 1);
    try (Plan plan = backend.openPlan(request(TestGraphs.mixed(folder)))) {
      assertInvalid(
          plan,
          List.of(a, w, z, a),
          List.of("sum", "sum", "none"),
          "a: given twice; "
              + "a: 8 bytes (expected: 24, those of FP32 [2, 3]); "
              + "a: shape [2, 3] (expected: dims that fit [-1, 2]); "
              + "w: INT32 (expected: FP32); "
              + "ids: no such input given (expected: INT64 [-1, 4]); "
              + "z: no such input (expected: of [a, w, ids]); "
              + "sum: output asked for twice; "
              + "none: no such output (expected: of [sum, same])");
    }
  }

  @Test
  void run_dimsOfOneNameThatDiffer_areRefused() throws IOException {
    HostTensor a = floats("a", List.of(1L, 2L), 1, 2);
    HostTensor w = floats("w", List.of(2L), 1, 2);
    HostTensor ids =
        new HostTensor("ids", DataType.INT64, List.of(2L, 4L), MemorySegment.ofArray(new long[8]));
    try (Plan plan = backend.openPlan(request(TestGraphs.mixed(folder)))) {
      assertInvalid(
          plan,
          List.of(a, w, ids),
          List.of(),
          "ids: shape [2, 4] (expected: dim 0 is 1, as rows of a)");
    }
  }

  @Test
  void run_impossibleShapes_areRefused() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.identity(folder, DataType.FP32)))) {
      HostTensor negative = floats("x", List.of(-1L, 3L));
      HostTensor huge = floats("x", List.of(Long.MAX_VALUE / 2, 3L));

      assertInvalid(
          plan, List.of(negative), List.of(), "x: shape [-1, 3] (expected: every dim >= 0)");
      assertInvalid(
          plan,
          List.of(huge),
          List.of(),
          "x: shape [4611686018427387903, 3] (expected: fewer elements)");
    }
  }

  @Test
  void run_stringsThatDoNotAddUp_areRefused() throws IOException {
    HostTensor few = strings("x", List.of(1L, 3L), List.of("a", "b"));
    MemorySegment whole = strings("x", List.of(1L, 3L), List.of("a", "b", "c")).bytes();
    HostTensor cut =
        new HostTensor(
            "x", DataType.BYTES, List.of(1L, 3L), whole.asSlice(0, whole.byteSize() - 1));
    byte[] negative = {-1, -1, -1, -1};
    HostTensor wrong =
        new HostTensor("x", DataType.BYTES, List.of(1L, 3L), MemorySegment.ofArray(negative));
    try (Plan plan = backend.openPlan(request(TestGraphs.identity(folder, DataType.BYTES)))) {
      assertInvalid(
          plan, List.of(few), List.of(), "x: 2 elements (expected: 3, those of shape [1, 3])");
      assertInvalid(
          plan,
          List.of(cut),
          List.of(),
          "x: element 2 at byte 10 does not end within 14 bytes"
              + " (expected: 4 bytes of length, then the element)");
      assertInvalid(
          plan,
          List.of(wrong),
          List.of(),
          "x: element 0 at byte 0 does not end within 4 bytes"
              + " (expected: 4 bytes of length, then the element)");
      assertThatThrownBy(few::strings).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void run_failureOfTheLibrary_isOneLineAndLeavesThePlanUsable() throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.lookup(folder)))) {
      var failure =
          catchThrowableOfType(InferenceException.class, () -> plan.run(ids(7), List.of()));

      assertThat(failure.reason()).isEqualTo(ErrorReason.BACKEND_FAILURE);
      assertThat(failure.getMessage()).hasLineCount(1);
      try (RunResult result = plan.run(ids(2), List.of())) {
        assertThat(floats(result.outputs().getFirst())).containsExactly(30);
      }
    }
  }

  @Test
  void close_planBeforeResult_isRefusedAndLaterReadsToo() throws IOException {
    Plan plan = backend.openPlan(request(TestGraphs.lookup(folder)));
    RunResult result = plan.run(ids(1), List.of());
    MemorySegment bytes = result.outputs().getFirst().bytes();

    assertThatThrownBy(plan::close).isInstanceOf(IllegalStateException.class);
    result.close();
    result.close();
    plan.close();
    assertThatThrownBy(result::outputs).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> bytes.get(ValueLayout.JAVA_FLOAT, 0))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> plan.run(ids(1), List.of())).isInstanceOf(IllegalStateException.class);
  }

  private static void assertInvalid(
      Plan plan, List<HostTensor> inputs, List<String> outputs, String message) {
    assertThatThrownBy(() -> plan.run(inputs, outputs))
        .isInstanceOfSatisfying(
            InferenceException.class,
            failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.INVALID_ARGUMENT))
        .hasMessage(message);
  }

  private static List<HostTensor> ids(long id) {
    return List.of(
        new HostTensor("ids", DataType.INT64, List.of(1L), MemorySegment.ofArray(new long[] {id})));
  }

  private static HostTensor floats(String name, List<Long> shape, float... values) {
    return new HostTensor(name, DataType.FP32, shape, MemorySegment.ofArray(values));
  }

  private static float[] floats(HostTensor tensor) {
    return tensor.bytes().toArray(ValueLayout.JAVA_FLOAT);
  }

  private static HostTensor strings(String name, List<Long> shape, List<String> texts) {
    var wire = new ByteArrayOutputStream();
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < Integer.BYTES; i++) {
        wire.write(bytes.length >> (8 * i));
      }
      wire.writeBytes(bytes);
    }
    return new HostTensor(name, DataType.BYTES, shape, MemorySegment.ofArray(wire.toByteArray()));
  }
}
