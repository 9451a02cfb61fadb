package dev.synthorax.nn.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.synthorax.engine.DataType;
import dev.synthorax.nn.Activation;
import dev.synthorax.nn.Init;
import dev.synthorax.nn.Ops;
import dev.synthorax.nn.Padding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    OnnxOps ops = new OnnxOps(new OnnxGraph("g"), (initializer, name, shape) -> {});
    GraphValue x = ops.constant(new float[6], 2, 3);

    assertThatThrownBy(() -> ops.in("down.0").reshape(x, 4, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("down.0: reshape to [4, 2] (expected: the elements of [2, 3])");
  }

  @Test
  void reshape_fixedDimOverSymbolicBatch_isRefused() {
    OnnxGraph graph = new OnnxGraph("g");
    OnnxOps ops = new OnnxOps(graph, (initializer, name, shape) -> {});
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
  void conv2d_asymmetricPaddingAndStride_matchesHandCount() throws IOException {
    float[] y =
        run(
            1,
            new long[] {1, 3, 3},
            counting(9),
            (ops, x) -> {
              GraphValue weight = ops.constant(new float[] {1, 10, 100, 1000}, 1, 1, 2, 2);
              GraphValue bias = ops.constant(new float[] {0.5f}, 1);
              return ops.conv2d(x, weight, bias, 2, Padding.BOTTOM_RIGHT);
            });

    assertThat(y).containsExactly(4310.5f, 502.5f, 76.5f, 8.5f);
  }

  @Test
  void linear_threeDims_multipliesByTheTranspose() throws IOException {
    float[] y =
        run(
            2,
            new long[] {2, 2},
            counting(8),
            (ops, x) -> {
              GraphValue weight = ops.constant(new float[] {1, 2, 0, 1, -1, 0}, 3, 2);
              return ops.linear(x, weight, ops.constant(new float[] {0, 100, 0}, 3));
            });

    assertThat(y).containsExactly(2, 101, 0, 8, 103, -2, 14, 105, -4, 20, 107, -6);
  }

  @Test
  void linear_twoDimsWithoutBias_multipliesByTheTranspose() throws IOException {
    float[] y =
        run(
            1,
            new long[] {2},
            new float[] {3, 4},
            (ops, x) -> ops.linear(x, ops.constant(new float[] {1, 2, 0, 1}, 2, 2), null));

    assertThat(y).containsExactly(11, 4);
  }

  @Test
  void groupNorm_twoGroups_normalisesEachWithItsAffineMap() throws IOException {
    float[] y =
        run(
            1,
            new long[] {4, 1, 2},
            new float[] {1, 3, 5, 7, -2, -2, 2, 2},
            (ops, x) ->
                ops.groupNorm(
                    x,
                    2,
                    ops.constant(new float[] {1, 2, 1, 10}, 4),
                    ops.constant(new float[] {0, 0, 1, 0}, 4),
                    0));

    float s = (float) Math.sqrt(5);
    assertClose(y, -3 / s, -1 / s, 2 / s, 6 / s, 0, 0, 10, 10);
  }

  @Test
  void layerNorm_lastAxis_normalises() throws IOException {
    float[] y =
        run(
            2,
            new long[] {2},
            new float[] {1, 3, 10, 20},
            (ops, x) ->
                ops.layerNorm(
                    x,
                    ops.constant(new float[] {1, 2}, 2),
                    ops.constant(new float[] {0, 5}, 2),
                    0));

    assertClose(y, -1, 7, -1, 7);
  }

  @Test
  void batchNorm_evaluation_usesTheState() throws IOException {
    float[] y =
        run(
            1,
            new long[] {2, 1, 1},
            new float[] {3, 10},
            (ops, x) -> ops.in("bn").batchNorm(x, 0, 0.1));

    assertClose(y, (3 - 1) / 2f * 5 + 7, (10 - 1) / 2f * 5 + 7);
  }

  @Test
  void attention_causalAndNot_weighsValuesBySimilarity() throws IOException {
    float[] in = {1, 0, 0, 2};
    BiFunction<OnnxOps, GraphValue, GraphValue> causal =
        (ops, x) -> ops.attention(heads(ops, x), heads(ops, x), heads(ops, x), true);
    BiFunction<OnnxOps, GraphValue, GraphValue> full =
        (ops, x) -> ops.attention(heads(ops, x), heads(ops, x), heads(ops, x), false);

    float[] masked = run(1, new long[] {2, 2}, in, causal);
    float[] open = run(1, new long[] {2, 2}, in, full);

    double first = 1 / (1 + Math.exp(-1 / Math.sqrt(2)));
    double second = 1 / (1 + Math.exp(-4 / Math.sqrt(2)));
    assertClose(masked, 1, 0, (float) (1 - second), (float) (2 * second));
    assertClose(
        open, (float) first, (float) (2 * (1 - first)), (float) (1 - second), (float) (2 * second));
  }

  @Test
  void attention_causal_maskedKeysCountForNothing() throws IOException {
    float[] in = {1, 0, -100, 1e6f};

    float[] y =
        run(
            1,
            new long[] {2, 2},
            in,
            (ops, x) -> ops.attention(heads(ops, x), heads(ops, x), heads(ops, x), true));

    assertThat(y[0]).isEqualTo(1);
    assertThat(y[1]).isZero();
  }

  @Test
  void embedding_ids_lookUpRows() throws IOException {
    OnnxGraph graph = new OnnxGraph("embedding");
    OnnxOps ops = new OnnxOps(graph, (initializer, name, shape) -> {});
    GraphValue ids = graph.input("ids", DataType.INT64, Ops.DYNAMIC, 2);
    GraphValue table = ops.constant(counting(6), 3, 2);
    graph.output("y", ops.embedding(table, ids));
    Path file = Files.write(folder.resolve("e.onnx"), graph.model().toByteArray());

    float[] y = GraphRun.runOne(file, 2, Map.of("ids", new long[] {2, 0, 1, 1}));

    assertThat(y).containsExactly(4, 5, 0, 1, 2, 3, 2, 3);
  }

  @Test
  void upsampleAndPools_ofAnImage_repeatAndReduceSquares() throws IOException {
    float[] up = run(1, new long[] {1, 1, 2}, counting(2), (ops, x) -> ops.upsampleNearest2x(x));
    float[] average =
        run(1, new long[] {1, 2, 5}, counting(10), (ops, x) -> ops.averagePool2d(x, 2));
    float[] maximum = run(1, new long[] {1, 2, 5}, counting(10), (ops, x) -> ops.maxPool2d(x, 2));

    assertThat(up).containsExactly(0, 0, 1, 1, 0, 0, 1, 1);
    assertThat(average).containsExactly(3, 5);
    assertThat(maximum).containsExactly(6, 8);
  }

  @Test
  void parameter_sameNameOtherShape_isRefused() {
    OnnxOps ops = new OnnxOps(new OnnxGraph("g"), (initializer, name, shape) -> {});
    GraphValue first = ops.in("a").parameter("weight", Init.ONES, 2, 3);

    assertThat(ops.in("a").parameter("weight", Init.ONES, 2, 3)).isEqualTo(first);
    assertThatThrownBy(() -> ops.in("a").parameter("weight", Init.ONES, 3, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a: weight of [3, 2]");
  }

  /** Emits one operation on {@code x [rows, dims]} and runs it. */
  private float[] run(
      int rows, long[] dims, float[] x, BiFunction<OnnxOps, GraphValue, GraphValue> operation)
      throws IOException {
    OnnxGraph graph = new OnnxGraph("operation");
    OnnxOps ops = new OnnxOps(graph, OnnxOpsIT::batchNormState);
    long[] shape = new long[dims.length + 1];
    shape[0] = Ops.DYNAMIC;
    System.arraycopy(dims, 0, shape, 1, dims.length);
    graph.output("y", operation.apply(ops, graph.input("x", DataType.FP32, shape)));
    Path file = Files.write(folder.resolve("graph.onnx"), graph.model().toByteArray());
    return GraphRun.runOne(file, rows, Map.of("x", x));
  }

  private static void batchNormState(
      dev.synthorax.nn.onnx.format.TensorProto.Builder initializer, String name, long... shape) {
    float value =
        switch (name) {
          case "bn.weight" -> 5;
          case "bn.bias" -> 7;
          case "bn.running_mean" -> 1;
          case "bn.running_var" -> 4;
          default -> throw new IllegalArgumentException(name);
        };
    int length = Math.toIntExact(shape[0]);
    ByteBuffer raw = ByteBuffer.allocate(length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < length; i++) {
      raw.putFloat(value);
    }
    initializer.setRawData(ByteString.copyFrom(raw.flip()));
  }

  /** {@code [rows, length, features]} as one head. */
  private static GraphValue heads(OnnxOps ops, GraphValue x) {
    return ops.reshape(x, Ops.KEEP, 1, x.dim(1), x.dim(2));
  }

  private static float[] counting(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = i;
    }
    return values;
  }

  private static void assertClose(float[] actual, float... expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).as("[%d]", i).isCloseTo(expected[i], within(1e-5f));
    }
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
