package dev.synthorax.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.nn.ReaderConfig;
import dev.synthorax.nn.onnx.RandomPipeline;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.weights.ElementType;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExportCommandIT {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  private int export(String... more) throws IOException {
    Path pipeline = folder.resolve("pipeline");
    RandomPipeline.write(pipeline, RandomPipeline.Size.TINY, 5);
    return export(pipeline, more);
  }

  private int export(Path pipeline, String... more) {
    String[] arguments = {
      "models", "export", pipeline.toString(), "--out=" + folder.resolve("onnx")
    };
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }

  @Test
  void export_wholePipeline_writesAFolderForEachNetwork() throws IOException {
    int code = export("--size=32x16", "--precision=FP16");

    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
    assertThat(out.toString().lines().map(line -> line.replaceFirst("within .*: .*", "...")))
        .containsExactly(
            "text_encoder: fp16, ...",
            "unet: fp16, ...",
            "controlnet: fp16, ...",
            "vae_decoder: fp16, ...",
            "vae_encoder: fp16, ...");
    assertThat(folder.resolve("onnx/vae_encoder/model.onnx")).isNotEmptyFile();
  }

  @Test
  void export_someNetworksAsJson_writesThemAlone() throws IOException {
    int code = export("--network=unet,vae_decoder", "--json");

    assertThat(code).isZero();
    assertThat(out.toString().lines())
        .hasSize(2)
        .first()
        .asString()
        .startsWith("{\"network\":\"unet\",\"precision\":\"fp32\",\"difference\":");
    assertThat(folder.resolve("onnx/text_encoder")).doesNotExist();
  }

  @Test
  void export_wrongOptions_exitWith2AndOneLine() throws IOException {
    assertThat(export("--network=vae")).isEqualTo(2);
    assertThat(export("--precision=int8")).isEqualTo(2);
    assertThat(export("--size=32")).isEqualTo(2);
    assertThat(err.toString().lines())
        .hasSize(3)
        .allMatch(line -> line.startsWith("synthorax models export: "));
    assertThat(err.toString())
        .contains("vae: not in ", "of text_encoder, unet,", "int8 (expected: fp32 or fp16)")
        .contains("'32' is no size");
  }

  @Test
  void export_sizeThatTheNetworksCannotMake_exitsWith1() throws IOException {
    assertThat(export("--size=31x31")).isEqualTo(1);
    assertThat(err.toString()).contains("size: 31x31 (expected: sides that are multiples of 4)");
  }

  @Test
  void export_reader_writesLogitsAndFeatures() throws IOException {
    Path reader = Files.createDirectories(folder.resolve("reader"));
    Files.writeString(reader.resolve("labels.txt"), "edema\ncardiomegaly\n");
    Files.writeString(
        reader.resolve("config.json"),
        "{\"_class_name\": \"ChestClassifier\", \"base_channels\": 4, \"blocks_per_stage\": 1,"
            + " \"in_channels\": 1, \"stages\": 2}");
    ReaderConfig config = ReaderConfig.read(reader.resolve("config.json"), 2);
    try (TorchParameters parameters = TorchParameters.create(config.parameters(), 1)) {
      parameters.save(reader.resolve("model.safetensors"), ElementType.F32, Map.of());
    }

    assertThat(export(reader, "--size=32x32")).as(err.toString()).isZero();
    assertThat(out.toString()).startsWith("classifier: fp32, within ");
    assertThat(folder.resolve("onnx/classifier/model.onnx")).isNotEmptyFile();
    assertThat(export(reader)).isEqualTo(2);
    assertThat(export(folder)).isEqualTo(2);
    assertThat(err.toString()).contains("--size: absent", "no model (expected: a pipeline");
  }
}
