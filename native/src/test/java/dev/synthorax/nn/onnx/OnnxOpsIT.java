package dev.synthorax.nn.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.Precision;
import dev.synthorax.nn.Activation;
import dev.synthorax.nn.Init;
import dev.synthorax.nn.Ops;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each operation on numbers small enough to check by hand. */
class OnnxOpsIT {

  private static final double CLOSE = 2e-6;

  @TempDir Path folder;

  @Test
  void reshape_keepAndInfer_givesDimsAndOrder() throws IOException {
    float[] y =
        run(2, new long[] {4, 3}, counting(24), (ops, x) -> ops.reshape(x, Ops.KEEP, 2, Ops.INFER));

    assertThat(y).containsExactly(counting(24));
  }

  @Test
  void reshape_notAllElements_namesTheScope() {
    OnnxOps ops = new OnnxOps(new OnnxGraph("g"), OperationRun.NO_WEIGHTS);
    GraphValue x = ops.constant(new float[6], 2, 3);

    assertThatThrownBy(() -> ops.in("down.0").reshape(x, 4, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("down.0: reshape to [4, 2] (expected: the elements of [2, 3])");
  }

  @Test
  void reshape_fixedDimOverSymbolicBatch_isRefused() {
    OnnxGraph graph = new OnnxGraph("g");
    OnnxOps ops = new OnnxOps(graph, OperationRun.NO_WEIGHTS);
    GraphValue x = graph.input("x", DataType.FP32, Ops.DYNAMIC, 6);

    assertThatThrownBy(() -> ops.reshape(x, 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the first dim kept or inferred");
  }

  @Test
  void permute_lastTwoAxes_transposes() throws IOException {
    float[] y = run(1, new long[] {2, 3}, counting(6), (ops, x) -> ops.permute(x, 0, 2, 1));

    assertThat(y).containsExactly(0, 3, 1, 4, 2, 5);
  }

  @Test
  void concatSliceChunk_ofOneAxis_undoEachOther() throws IOException {
    float[] y =
        run(
            2,
            new long[] {4},
            counting(8),
            (ops, x) -> {
              List<GraphValue> halves = ops.chunk(x, 1, 2);
              return ops.concat(1, List.of(halves.get(1), ops.slice(x, 1, 1, 2)));
            });

    assertThat(y).containsExactly(2, 3, 1, 6, 7, 5);
  }

  @Test
  void addMultiplyScale_withBroadcasting_followNumPy() throws IOException {
    float[] y =
        run(
            2,
            new long[] {2, 3},
            counting(12),
            (ops, x) -> {
              GraphValue perRow = ops.constant(new float[] {10, 20}, 2, 1);
              GraphValue perColumn = ops.constant(new float[] {1, 2, 3}, 3);
              return ops.scale(ops.multiply(ops.add(x, perRow), perColumn), 0.5);
            });

    assertThat(y).startsWith(5, 11, 18, 11.5f, 24, 37.5f).hasSize(12);
  }

  @Test
  void sinCos_ofLargeAngles_areAccurate() throws IOException {
    float[] angles = {0, 1, -2, 500.25f, 999, 12_345.678f};

    float[] y =
        run(1, new long[] {6}, angles, (ops, x) -> ops.concat(1, List.of(ops.sin(x), ops.cos(x))));

    for (int i = 0; i < angles.length; i++) {
      assertThat(y[i]).isCloseTo((float) Math.sin(angles[i]), within(1e-6f));
      assertThat(y[i + 6]).isCloseTo((float) Math.cos(angles[i]), within(1e-6f));
    }
  }

  @Test
  void activation_each_matchesItsFormula() throws IOException {
    float[] in = {-30, -3, -0.5f, 0, 0.25f, 1, 4};
    for (Activation activation : Activation.values()) {
      float[] y = run(1, new long[] {7}, in, (ops, x) -> ops.activation(activation, x));

      for (int i = 0; i < in.length; i++) {
        assertThat((double) y[i])
            .as("%s(%s)", activation, in[i])
            .isCloseTo(formula(activation, in[i]), within(CLOSE * Math.max(1, Math.abs(in[i]))));
      }
    }
  }

  @Test
  void mean_overImageAndFeatures_keepsOrDropsAxes() throws IOException {
    float[] pooled =
        run(2, new long[] {2, 2, 2}, counting(16), (ops, x) -> ops.mean(x, false, 2, 3));
    float[] kept = run(2, new long[] {2, 2}, counting(8), (ops, x) -> ops.mean(x, true, 1));

    assertThat(pooled).containsExactly(1.5f, 5.5f, 9.5f, 13.5f);
    assertThat(kept).containsExactly(1, 2, 5, 6);
  }

  @Test
  void parameter_sameNameOtherShape_isRefused() {
    OnnxOps ops = new OnnxOps(new OnnxGraph("g"), OperationRun.NO_WEIGHTS);
    GraphValue first = ops.in("a").parameter("weight", Init.ONES, 2, 3);

    assertThat(ops.in("a").parameter("weight", Init.ONES, 2, 3)).isEqualTo(first);
    assertThatThrownBy(() -> ops.in("a").parameter("weight", Init.ONES, 3, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a: weight has shape [3, 2] (expected: [2, 3])");
  }

  private float[] run(
      int rows, long[] dims, float[] x, BiFunction<OnnxOps, GraphValue, GraphValue> operation)
      throws IOException {
    return OperationRun.run(
        folder, Precision.FP32, OperationRun.NO_WEIGHTS, rows, dims, x, operation);
  }

  private static float[] counting(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = i;
    }
    return values;
  }

  private static double formula(Activation activation, double x) {
    return switch (activation) {
      case SILU -> x / (1 + Math.exp(-x));
      case QUICK_GELU -> x / (1 + Math.exp(-1.702 * x));
      case GELU -> x * normalCumulative(x);
      case RELU -> Math.max(x, 0);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
    };
  }

  /** By Simpson's rule from 0, in 20,000 steps: the standard normal distribution function. */
  private static double normalCumulative(double x) {
    int steps = 20_000;
    double h = x / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight * Math.exp(-0.5 * (i * h) * (i * h));
    }
    return 0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI);
  }
}
