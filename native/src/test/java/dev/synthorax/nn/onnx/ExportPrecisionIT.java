package dev.synthorax.nn.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.Precision;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.MemoryNeed;
import dev.synthorax.nn.diffusers.MemoryNeed.Room;
import dev.synthorax.nn.onnx.format.ModelProto;
import dev.synthorax.nn.onnx.format.TensorProto;
import dev.synthorax.nn.onnx.format.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which network of a pipeline is of which precision. */
class ExportPrecisionIT {
  private static final int SIDE = 16;

  @TempDir Path folder;
  private DiffusersFolder pipeline;

  @BeforeEach
  void writePipeline() throws IOException {
    RandomPipeline.write(folder.resolve("pipeline"), RandomPipeline.Size.TINY, 1);
    pipeline = DiffusersFolder.of(folder.resolve("pipeline"));
  }

  @Test
  void export_fp16_isFp16ButForTheTimestep() throws IOException {
    ExportedPipeline exported = export(Precision.FP16);

    assertThat(exported.precision()).isEqualTo(Precision.FP16);
    assertThat(exported.decoderPrecision()).isEqualTo(Precision.FP16);
    assertThat(edges(exported.textEncoder())).containsExactly(DataType.INT64, DataType.FP16);
    assertThat(edges(exported.unet()))
        .startsWith(DataType.FP16, DataType.FP32, DataType.FP16)
        .endsWith(DataType.FP16);
    assertThat(edges(exported.vaeDecoder())).containsOnly(DataType.FP16);
  }

  @Test
  void export_bf16_leavesTheDecoderInFp32() throws IOException {
    ExportedPipeline exported = export(Precision.BF16);

    assertThat(exported.precision()).isEqualTo(Precision.BF16);
    assertThat(exported.decoderPrecision()).isEqualTo(Precision.FP32);
    assertThat(edges(exported.textEncoder())).containsExactly(DataType.INT64, DataType.BF16);
    assertThat(edges(exported.vaeDecoder())).containsOnly(DataType.FP32);
    assertThat(exported.vaeDecoder()).isEqualTo(export(Precision.FP32).vaeDecoder());
  }

  @Test
  void export_fp16OfADecoderThatNeedsFp32_leavesItInFp32() throws IOException {
    Path config = folder.resolve("pipeline/vae/config.json");
    String json = Files.readString(config);
    assertThat(json).contains("\"in_channels\"");
    Files.writeString(
        config, json.replace("\"in_channels\"", "\"force_upcast\": true, \"in_channels\""));

    ExportedPipeline exported = export(Precision.FP16);

    assertThat(exported.precision()).isEqualTo(Precision.FP16);
    assertThat(exported.decoderPrecision()).isEqualTo(Precision.FP32);
    assertThat(edges(exported.vaeDecoder())).containsOnly(DataType.FP32);
  }

  @Test
  void memoryNeed_fp16_halvesTheWeightsAlone() {
    MemoryNeed fp32 = need(Precision.FP32);
    MemoryNeed fp16 = need(Precision.FP16);

    assertThat(fp32.weights()).isEqualTo(4.0 * pipeline.weightElements());
    assertThat(fp16.weights()).isEqualTo(2.0 * pipeline.weightElements());
    assertThat(fp16.attention()).isEqualTo(fp32.attention());
    assertThat(fp16.image()).isEqualTo(fp32.image());
  }

  @Test
  void memoryNeed_moreThanTheRoom_isRefusedNamingIt() {
    MemoryNeed need = need(Precision.FP16);

    need.requireWithin(new Room("GPU 0", need.weights()), pipeline, "16x16");
    assertThatThrownBy(
            () -> need.requireWithin(new Room("GPU 0", need.weights() - 1), pipeline, "16x16"))
        .hasMessageContaining("synthorax.yaml: the weights alone would take ")
        .hasMessageEndingWith(" GB of GPU 0; a smaller model)");
  }

  private MemoryNeed need(Precision precision) {
    return MemoryNeed.of(pipeline, SIDE, SIDE, 1, 1, precision);
  }

  private ExportedPipeline export(Precision precision) {
    return DiffusersExport.export(pipeline, SIDE, SIDE, folder.resolve("cache"), precision);
  }

  /** Types of the inputs and outputs, in the graph's order. */
  private static List<DataType> edges(Path file) throws IOException {
    var graph = ModelProto.parseFrom(Files.readAllBytes(file)).getGraph();
    return Stream.concat(graph.getInputList().stream(), graph.getOutputList().stream())
        .map(ExportPrecisionIT::type)
        .toList();
  }

  private static DataType type(ValueInfoProto value) {
    int type = value.getType().getTensorType().getElemType();
    return switch (TensorProto.DataType.forNumber(type)) {
      case FLOAT -> DataType.FP32;
      case FLOAT16 -> DataType.FP16;
      case BFLOAT16 -> DataType.BF16;
      case INT64 -> DataType.INT64;
      default -> throw new AssertionError(type);
    };
  }
}
