package dev.synthorax.nn.onnx;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.Precision;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiffusersExportIT {

  private static final int SIDE = 16;
  private static final String WEIGHTS = "diffusion_pytorch_model.safetensors";

  @TempDir Path folder;
  private Path pipeline;
  private Path cache;

  @BeforeEach
  void writePipeline() throws IOException {
    pipeline = folder.resolve("pipeline");
    cache = folder.resolve("cache");
    RandomPipeline.write(pipeline, RandomPipeline.Size.TINY, 1);
  }

  @Test
  void export_pipeline_graphsFitEachOther() {
    ExportedPipeline exported = export();
    SplittableRandom random = new SplittableRandom(7);
    float[] latents = gaussian(random, 2 * 4 * 8 * 8);
    float[] timesteps = {999, 3};

    float[] states =
        GraphRun.runOne(exported.textEncoder(), 2, Map.of("input_ids", new long[2 * 16]));
    Map<String, float[]> residuals =
        GraphRun.run(
            requireNonNull(exported.controlNet()),
            2,
            Map.of(
                "sample", latents,
                "timestep", timesteps,
                "encoder_hidden_states", states,
                "controlnet_cond", gaussian(random, 2 * 3 * SIDE * SIDE)));
    Map<String, Object> inputs = new HashMap<>(residuals);
    inputs.put("sample", latents);
    inputs.put("timestep", timesteps);
    inputs.put("encoder_hidden_states", states);
    float[] noise = GraphRun.runOne(exported.unet(), 2, inputs);
    float[] image = GraphRun.runOne(exported.vaeDecoder(), 2, Map.of("latent_sample", noise));

    assertThat(residuals.keySet())
        .containsExactlyElementsOf(exported.residuals().stream().map(TensorSpec::name).toList());
    assertThat(noise).hasSameSizeAs(latents);
    assertThat(image).hasSize(2 * SIDE * SIDE);
  }

  @Test
  void export_pipeline_tellsWhatAServerNeeds() {
    ExportedPipeline exported = export();

    assertThat(exported.contentHash()).matches("[0-9a-f]{64}");
    assertThat(exported.latentChannels()).isEqualTo(4);
    assertThat(exported.vaeScaleFactor()).isEqualTo(2);
    assertThat(exported.latentHeight()).isEqualTo(8);
    assertThat(exported.latentWidth()).isEqualTo(8);
    assertThat(exported.textLength()).isEqualTo(16);
    assertThat(exported.textHidden()).isEqualTo(16);
    assertThat(exported.imageChannels()).isEqualTo(1);
    assertThat(exported.conditioningChannels()).isEqualTo(3);
    try (Backend backend = Backends.open("onnxruntime-cpu");
        Plan unet = backend.openPlan(GraphRun.request(backend, exported.unet(), 1));
        Plan control =
            backend.openPlan(GraphRun.request(backend, requireNonNull(exported.controlNet()), 1))) {
      assertThat(unet.inputs()).containsAll(exported.residuals());
      assertThat(control.outputs()).containsExactlyElementsOf(exported.residuals());
    }
  }

  @Test
  void export_fp16_hasEdgesAndFilesOfItsType() {
    ExportedPipeline fp32 = export();
    ExportedPipeline fp16 =
        DiffusersExport.export(DiffusersFolder.of(pipeline), SIDE, SIDE, cache, Precision.FP16);

    assertThat(fp16.unet().getParent()).isNotEqualTo(fp32.unet().getParent());
    assertThat(fp16.unet().resolveSibling("unet.fp16")).exists();
    assertThat(fp16.residuals()).extracting(TensorSpec::dataType).containsOnly(DataType.FP16);
    try (Backend backend = Backends.open("onnxruntime-cpu");
        Plan unet = backend.openPlan(GraphRun.request(backend, fp16.unet(), 1));
        Plan control =
            backend.openPlan(GraphRun.request(backend, requireNonNull(fp16.controlNet()), 1));
        Plan decoder = backend.openPlan(GraphRun.request(backend, fp16.vaeDecoder(), 1))) {
      assertThat(unet.inputs())
          .extracting(TensorSpec::dataType)
          .startsWith(DataType.FP16, DataType.FP32, DataType.FP16);
      assertThat(unet.inputs()).containsAll(fp16.residuals());
      assertThat(control.outputs()).containsExactlyElementsOf(fp16.residuals());
      assertThat(decoder.outputs()).extracting(TensorSpec::dataType).containsExactly(DataType.FP16);
    }
  }

  @Test
  void export_withoutControlNet_unetTakesNoResiduals() throws IOException {
    deleteFolder(pipeline.resolve("controlnet"));

    ExportedPipeline exported = export();

    assertThat(exported.controlNet()).isNull();
    assertThat(exported.residuals()).isEmpty();
    assertThat(exported.conditioningChannels()).isZero();
    try (Backend backend = Backends.open("onnxruntime-cpu");
        Plan unet = backend.openPlan(GraphRun.request(backend, exported.unet(), 1))) {
      assertThat(unet.inputs())
          .extracting(TensorSpec::name)
          .containsExactly("sample", "timestep", "encoder_hidden_states");
    }
  }

  @Test
  void export_otherImageSize_sharesTheWeights() throws IOException {
    ExportedPipeline small = export();

    ExportedPipeline wide =
        DiffusersExport.export(DiffusersFolder.of(pipeline), SIDE, 2 * SIDE, cache);

    assertThat(wide.contentHash()).isEqualTo(small.contentHash());
    assertThat(wide.unet()).isNotEqualTo(small.unet()).hasParentRaw(small.unet().getParent());
    assertThat(wide.textEncoder()).isEqualTo(small.textEncoder());
    assertThat(files(cache).stream().filter(file -> file.toString().endsWith(".fp32"))).hasSize(5);
    float[] image =
        GraphRun.runOne(wide.vaeDecoder(), 1, Map.of("latent_sample", new float[4 * 8 * 16]));
    assertThat(image).hasSize(2 * SIDE * SIDE);
  }

  @Test
  void export_otherWeights_haveAnotherHash() throws IOException {
    ExportedPipeline first = export();
    RandomPipeline.write(pipeline, RandomPipeline.Size.TINY, 2);

    ExportedPipeline second = export();

    assertThat(second.contentHash()).isNotEqualTo(first.contentHash());
    assertThat(second.unet()).isNotEqualTo(first.unet());
  }

  @Test
  void export_decoder_dividesByTheScalingFactor() throws IOException {
    float[] latents = gaussian(new SplittableRandom(3), 4 * 8 * 8);
    float[] halves = new float[latents.length];
    for (int i = 0; i < latents.length; i++) {
      halves[i] = latents[i] / 2;
    }
    float[] expected = GraphRun.runOne(export().vaeDecoder(), 1, Map.of("latent_sample", latents));
    replace("vae", "\"scaling_factor\": 0.8", "\"scaling_factor\": 0.4");

    float[] actual = GraphRun.runOne(export().vaeDecoder(), 1, Map.of("latent_sample", halves));

    assertThat(actual).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource({"unet", "vae", "text_encoder", "controlnet"})
  void export_missingWeights_namesTheFile(String component) throws IOException {
    Files.delete(pipeline.resolve(component).resolve(WEIGHTS));

    assertModelFailed().hasMessageContaining(component + "/" + WEIGHTS);
  }

  @Test
  void export_truncatedWeights_namesTheFile() throws IOException {
    Path file = pipeline.resolve("unet").resolve(WEIGHTS);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 1000);
    }

    assertModelFailed().hasMessageContaining("unet/" + WEIGHTS).hasMessageContaining("truncated");
  }

  @Test
  void export_garbageWeights_namesTheFile() throws IOException {
    Files.writeString(pipeline.resolve("vae").resolve(WEIGHTS), "not weights at all, just words");

    assertModelFailed().hasMessageContaining("vae/" + WEIGHTS);
  }

  @Test
  void export_missingConfig_namesTheFile() throws IOException {
    Files.delete(pipeline.resolve("unet/config.json"));

    assertModelFailed().hasMessageContaining("unet/config.json");
  }

  @Test
  void export_missingComponent_namesTheFile() throws IOException {
    deleteFolder(pipeline.resolve("text_encoder"));

    assertModelFailed().hasMessageContaining("text_encoder/config.json");
  }

  @Test
  void export_weightsOfAnotherShape_namesFileAndTensor() throws IOException {
    replace("unet", "\"block_out_channels\": [4, 8]", "\"block_out_channels\": [4, 12]");
    deleteFolder(pipeline.resolve("controlnet"));

    assertModelFailed().hasMessageContaining("unet/" + WEIGHTS).hasMessageContaining("has shape");
  }

  @Test
  void export_networksThatDoNotFit_saysWhich() throws IOException {
    replace("unet", "\"cross_attention_dim\": 16", "\"cross_attention_dim\": 20");

    assertModelFailed()
        .hasMessageContaining("unet/config.json: cross_attention_dim is 20 (expected: 16");
  }

  @ParameterizedTest
  @CsvSource({"18, 16", "16, 2", "0, 16", "-4, 16"})
  void export_sizeThatNetworksCannotMake_saysTheStep(int height, int width) {
    var failure =
        catchThrowableOfType(
            InferenceException.class,
            () -> DiffusersExport.export(DiffusersFolder.of(pipeline), height, width, cache));

    assertThat(failure.reason()).isEqualTo(ErrorReason.SHAPE_MISMATCH);
    assertThat(failure)
        .hasMessage(
            "size: %dx%d (expected: sides that are multiples of 4)".formatted(height, width));
  }

  private ExportedPipeline export() {
    return DiffusersExport.export(DiffusersFolder.of(pipeline), SIDE, SIDE, cache);
  }

  private AbstractThrowableAssert<?, ?> assertModelFailed() {
    var failure = catchThrowableOfType(InferenceException.class, this::export);
    assertThat(failure.reason()).isEqualTo(ErrorReason.MODEL_FAILED);
    assertThat(failure.getMessage()).hasLineCount(1);
    return assertThat(failure);
  }

  private void replace(String component, String from, String to) throws IOException {
    Path file = pipeline.resolve(component).resolve("config.json");
    String json = Files.readString(file);
    assertThat(json).contains(from);
    Files.writeString(file, json.replace(from, to));
  }

  private static float[] gaussian(SplittableRandom random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      return walk.filter(Files::isRegularFile).toList();
    }
  }

  private static void deleteFolder(Path root) throws IOException {
    for (Path file : files(root)) {
      Files.delete(file);
    }
    Files.delete(root);
  }
}
