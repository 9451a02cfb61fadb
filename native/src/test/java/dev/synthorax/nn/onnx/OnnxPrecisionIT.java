package dev.synthorax.nn.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Precision;
import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.CLIPTextModel;
import dev.synthorax.nn.GoldenCase;
import dev.synthorax.nn.Init;
import dev.synthorax.nn.Ops;
import dev.synthorax.nn.UNet2DConditionConfig;
import dev.synthorax.nn.UNet2DConditionModel;
import dev.synthorax.nn.onnx.format.ModelProto;
import dev.synthorax.nn.onnx.format.TensorProto;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.ModelWeights;
import dev.synthorax.nn.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs in FP16 against the same goldens as those in FP32; BF16, as far as a CPU goes. */
class OnnxPrecisionIT {

  /** FP16 has 11 bits; some hundred roundings in a row stay well below this. */
  private static final double FP16_TOLERANCE = 1e-2;

  private static final List<String> UNET_INPUTS = List.of("sample", "timestep", "text");

  @TempDir Path folder;

  @Test
  void unet_fp16_matchesDiffusers() throws IOException {
    try (GoldenCase golden = GoldenCase.open("unet-cxr")) {
      UNet2DConditionConfig config = UNet2DConditionConfig.read(golden.config());

      Map<String, float[]> outputs =
          GoldenGraph.run(golden, folder, Precision.FP16, UNET_INPUTS, unet(config));

      assertClose(golden, outputs);
    }
  }

  @Test
  void decoder_fp16_matchesDiffusers() throws IOException {
    try (GoldenCase golden = GoldenCase.open("vae")) {
      AutoencoderConfig config = AutoencoderConfig.read(golden.config());

      Map<String, float[]> outputs =
          GoldenGraph.run(
              golden,
              folder,
              Precision.FP16,
              List.of("latents"),
              (graph, ops, in) ->
                  graph.output("decoded", AutoencoderKL.decode(ops, config, in.getFirst())));

      assertClose(golden, outputs);
    }
  }

  @Test
  void textEncoder_fp16_matchesTransformers() throws IOException {
    try (GoldenCase golden = GoldenCase.open("clip-quick-gelu")) {
      CLIPTextConfig config = CLIPTextConfig.read(golden.config());

      Map<String, float[]> outputs =
          GoldenGraph.run(
              golden,
              folder,
              Precision.FP16,
              List.of("ids"),
              (graph, ops, in) ->
                  graph.output(
                      "last_hidden_state", CLIPTextModel.forward(ops, config, in.getFirst())));

      assertClose(golden, outputs);
    }
  }

  @Test
  void unet_fp16_hasWeightsAndEdgesOfItsTypeButForTheTimestep() throws IOException {
    try (GoldenCase golden = GoldenCase.open("unet-cxr")) {
      UNet2DConditionConfig config = UNet2DConditionConfig.read(golden.config());

      Path file = GoldenGraph.write(golden, folder, Precision.FP16, UNET_INPUTS, unet(config));

      ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
      var external = new TreeSet<Integer>();
      model.getGraph().getInitializerList().stream()
          .filter(each -> each.getDataLocation() == TensorProto.DataLocation.EXTERNAL)
          .forEach(each -> external.add(each.getDataType()));
      assertThat(external).containsExactly(TensorProto.DataType.FLOAT16.getNumber());
      assertThat(
              model.getGraph().getInputList().stream()
                  .map(each -> each.getType().getTensorType().getElemType()))
          .containsExactly(
              TensorProto.DataType.FLOAT16.getNumber(),
              TensorProto.DataType.FLOAT.getNumber(),
              TensorProto.DataType.FLOAT16.getNumber());
      try (ModelWeights weights = ModelWeights.open(golden.weights())) {
        assertThat(Files.size(folder.resolve("weights.fp16")))
            .isLessThan(weights.elements() * Float.BYTES * 2 / 3);
      }
    }
  }

  @Test
  void unet_bf16_isWellTypedAndRefusedByTheCpu() throws IOException {
    try (GoldenCase golden = GoldenCase.open("unet-cxr");
        Backend backend = Backends.open("onnxruntime-cpu")) {
      UNet2DConditionConfig config = UNet2DConditionConfig.read(golden.config());
      Path file = GoldenGraph.write(golden, folder, Precision.BF16, UNET_INPUTS, unet(config));

      var failure =
          catchThrowableOfType(
              InferenceException.class, () -> backend.openPlan(GraphRun.request(backend, file, 1)));

      // types are inferred and checked before kernels are looked for
      assertThat(failure.reason()).isEqualTo(ErrorReason.UNSUPPORTED);
      assertThat(failure).hasMessageContaining("Could not find an implementation");
    }
  }

  @Test
  void norms_numbersWhoseSquaresPassFp16_areIslands() throws IOException {
    float[] large = {600, -600, 1200, -1200};
    float[] ones = {1, 1, 1, 1};
    float[] zeros = {0, 0, 0, 0};

    float[] layer =
        run(
            large,
            (ops, x) -> ops.layerNorm(x, ops.constant(ones, 4), ops.constant(zeros, 4), 1e-5));
    float[] group =
        run(
            large,
            (ops, x) -> ops.groupNorm(x, 1, ops.constant(ones, 4), ops.constant(zeros, 4), 1e-5));

    float unit = (float) Math.sqrt(0.4);
    assertThat(layer).usingComparatorWithPrecision(1e-3f).containsExactly(scaled(unit));
    assertThat(group).usingComparatorWithPrecision(1e-3f).containsExactly(scaled(unit));
  }

  private static float[] scaled(float unit) {
    return new float[] {unit, -unit, 2 * unit, -2 * unit};
  }

  @Test
  void mean_sumThatPassesFp16_isAnIsland() throws IOException {
    float[] mean =
        run(new float[] {61_440, 49_152, 40_960, 32_768}, (ops, x) -> ops.mean(x, true, 1));

    assertThat(mean).containsExactly(46_080);
  }

  @Test
  void attention_productsThatPassFp16_areScaledFirst() throws IOException {
    float[] shares =
        run(
            new float[] {150, 150, 150, 150},
            (ops, x) -> {
              GraphValue head = ops.reshape(x, Ops.KEEP, 1, 1, 4);
              return ops.attention(head, head, head, true);
            });

    assertThat(shares).containsExactly(150, 150, 150, 150);
  }

  @Test
  void widen_constant_keepsTheNumbersItWasMadeFrom() throws IOException {
    float exact = 1.0001f; // 1 in FP16
    float[] y =
        run(
            new float[] {999, 0, 1, 2},
            (ops, x) -> {
              GraphValue product =
                  ops.multiply(ops.widen(x), ops.widen(ops.constant(new float[] {exact}, 1)));
              return ops.narrow(ops.scale(ops.add(product, ops.scale(ops.widen(x), -1)), 1000));
            });

    assertThat(y).usingComparatorWithPrecision(0.1f).containsExactly(99.9f, 0, 0.1f, 0.2f);
  }

  @Test
  void operand_ofAnIsland_widensTheOthersAndTheResult() {
    OnnxGraph graph = new OnnxGraph("g");
    OnnxOps ops = new OnnxOps(graph, OperationRun.NO_WEIGHTS, Precision.BF16);
    GraphValue x = graph.input("x", DataType.FP32, Ops.DYNAMIC, 2);

    GraphValue sum = ops.add(x, ops.in("a").parameter("bias", Init.ZEROS, 2));

    assertThat(sum.dataType()).isEqualTo(DataType.FP32);
    assertThat(ops.narrow(sum).dataType()).isEqualTo(DataType.BF16);
    assertThat(ops.scale(ops.narrow(sum), 2).dataType()).isEqualTo(DataType.BF16);
  }

  @Test
  void model_constantThatOnlyWidens_isLeftOut() {
    OnnxGraph graph = new OnnxGraph("g");
    OnnxOps ops = new OnnxOps(graph, OperationRun.NO_WEIGHTS, Precision.FP16);
    GraphValue x = graph.input("x", DataType.FP32, Ops.DYNAMIC, 2);

    graph.output("y", ops.multiply(x, ops.widen(ops.constant(new float[] {0.1f, 0.2f}, 2))));

    assertThat(graph.model().getGraph().getInitializerList())
        .singleElement()
        .extracting(TensorProto::getDataType)
        .isEqualTo(TensorProto.DataType.FLOAT.getNumber());
  }

  @Test
  void weights_beyondFp16_areRefusedByName() throws IOException {
    Path file = folder.resolve("large.safetensors");
    new SafetensorsWriter()
        .add(
            "layer.weight",
            ElementType.F32,
            new long[] {2},
            MemorySegment.ofArray(new float[] {1, 70_000}))
        .write(file);
    try (ModelWeights weights = ModelWeights.open(file)) {
      OnnxOps ops = new OnnxOps(new OnnxGraph("g"), new EmbeddedWeights(weights), Precision.FP16);

      assertThatThrownBy(() -> ops.in("layer").parameter("weight", Init.ONES, 2))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("large.safetensors: tensor layer.weight holds 70000.0, which FP16");
    }
  }

  private static void assertClose(GoldenCase golden, Map<String, float[]> outputs) {
    assertThat(outputs).hasSize(1);
    outputs.forEach((name, values) -> golden.assertMatches(name, values, FP16_TOLERANCE));
  }

  private static GoldenGraph.Emitter unet(UNet2DConditionConfig config) {
    return (graph, ops, in) ->
        graph.output(
            "plain",
            UNet2DConditionModel.forward(ops, config, in.get(0), in.get(1), in.get(2), null));
  }

  /** One operation in FP16 on {@code x [1, values]}. */
  private float[] run(float[] x, BiFunction<OnnxOps, GraphValue, GraphValue> operation)
      throws IOException {
    return OperationRun.run(
        folder, Precision.FP16, OperationRun.NO_WEIGHTS, 1, new long[] {x.length}, x, operation);
  }
}
