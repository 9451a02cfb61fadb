package dev.synthorax.nn.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.Precision;
import dev.synthorax.nn.Ops;
import dev.synthorax.nn.Padding;
import dev.synthorax.nn.onnx.format.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each layer on numbers small enough to check by hand. */
class OnnxLayersIT {

  @TempDir Path folder;

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
    OnnxOps ops = new OnnxOps(graph, OperationRun.NO_WEIGHTS);
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
    float[] overlapping =
        run(
            1,
            new long[] {1, 3, 4},
            counting(12),
            (ops, x) -> ops.maxPool2d(ops.scale(x, -1), 3, 2, 1));
    float[] maximum = run(1, new long[] {1, 2, 5}, counting(10), (ops, x) -> ops.maxPool2d(x, 2));

    assertThat(up).containsExactly(0, 0, 1, 1, 0, 0, 1, 1);
    assertThat(average).containsExactly(3, 5);
    assertThat(maximum).containsExactly(6, 8);
    assertThat(overlapping).containsExactly(-0f, -1, -4, -5);
  }

  private float[] run(
      int rows, long[] dims, float[] x, BiFunction<OnnxOps, GraphValue, GraphValue> operation)
      throws IOException {
    return OperationRun.run(
        folder, Precision.FP32, OnnxLayersIT::batchNormState, rows, dims, x, operation);
  }

  private static void batchNormState(
      TensorProto.Builder initializer, String name, DataType dataType, long... shape) {
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
}
