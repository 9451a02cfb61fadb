package dev.synthorax.engine.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.TestGraphs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaticGraphTest {

  @TempDir Path folder;

  private static void require(Path file, Integer... rows) {
    StaticGraph.require(
        OnnxFile.read(file),
        PlanRequest.of(file, new Device(Device.Kind.GPU, 0, "test"))
            .withRowProfiles(List.of(rows)));
  }

  private static void assertRefused(Path file, String message, Integer... rows) {
    assertThatThrownBy(() -> require(file, rows))
        .isInstanceOfSatisfying(
            InferenceException.class,
            failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.UNSUPPORTED))
        .hasMessage(message);
  }

  @Test
  void require_rowsAloneAndCountsAsked_isFine() throws IOException {
    Path file = TestGraphs.mixed(folder);

    assertThatCode(() -> require(file, 1, 2)).doesNotThrowAnyException();
  }

  @Test
  void require_rowsButNoCounts_isRefused() throws IOException {
    assertRefused(
        TestGraphs.mixed(folder),
        "mixed.onnx: a is [-1, 2] and no row counts are asked for (expected: some; TensorRT"
            + " compiles for each)");
  }

  @Test
  void require_anotherDynamicDim_isRefused() throws IOException {
    assertRefused(
        TestGraphs.dynamicWidth(folder),
        "dynamic-width.onnx: x is [-1, -1] (expected: no dynamic dim but the first; TensorRT"
            + " compiles for fixed sizes)",
        2);
  }

  @Test
  void require_typesThatTensorRtLacks_areRefused() throws IOException {
    assertRefused(
        TestGraphs.identity(folder, DataType.BYTES),
        "identity.onnx: x is BYTES (expected: a type of fixed size)",
        2);
    assertRefused(
        TestGraphs.identity(folder, DataType.FP64),
        "identity.onnx: x is FP64 (expected: one of [BOOL, UINT8, INT8, INT32, INT64, FP16, BF16,"
            + " FP32])",
        2);
  }
}
