package dev.synthorax.nn.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.Precision;
import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.CLIPTextModel;
import dev.synthorax.nn.ControlNetConfig;
import dev.synthorax.nn.ControlNetModel;
import dev.synthorax.nn.ControlNetResiduals;
import dev.synthorax.nn.GoldenCase;
import dev.synthorax.nn.ReaderConfig;
import dev.synthorax.nn.Reading;
import dev.synthorax.nn.UNet2DConditionConfig;
import dev.synthorax.nn.UNet2DConditionModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ONNX Runtime against diffusers and transformers: {@code max|a - b| <= 1e-4 max|b|}. */
class OnnxGoldenIT {

  @TempDir Path folder;

  @Test
  void unet_withoutResiduals_matchesDiffusers() throws IOException {
    try (GoldenCase golden = GoldenCase.open("unet-cxr")) {
      UNet2DConditionConfig config = UNet2DConditionConfig.read(golden.config());

      Map<String, float[]> outputs =
          run(
              golden,
              List.of("sample", "timestep", "text"),
              (graph, ops, in) ->
                  graph.output(
                      "plain",
                      UNet2DConditionModel.forward(
                          ops, config, in.get(0), in.get(1), in.get(2), null)));

      assertMatches(golden, outputs, 1);
    }
  }

  @Test
  void unet_withResiduals_matchesDiffusers() throws IOException {
    try (GoldenCase golden = GoldenCase.open("unet-cxr")) {
      UNet2DConditionConfig config = UNet2DConditionConfig.read(golden.config());
      List<String> names = new ArrayList<>(List.of("sample", "timestep", "text"));
      for (int i = 0; i < config.trunk().residualCount(); i++) {
        names.add("down." + i);
      }
      names.add("mid");

      Map<String, float[]> outputs =
          run(
              golden,
              names,
              (graph, ops, in) -> {
                var residuals =
                    new ControlNetResiduals<>(in.subList(3, in.size() - 1), in.getLast());
                graph.output(
                    "controlled",
                    UNet2DConditionModel.forward(
                        ops, config, in.get(0), in.get(1), in.get(2), residuals));
              });

      assertMatches(golden, outputs, 1);
    }
  }

  @Test
  void unet_linearProjections_matchesDiffusers() throws IOException {
    try (GoldenCase golden = GoldenCase.open("unet-linear")) {
      UNet2DConditionConfig config = UNet2DConditionConfig.read(golden.config());

      Map<String, float[]> outputs =
          run(
              golden,
              List.of("sample", "timestep", "text"),
              (graph, ops, in) ->
                  graph.output(
                      "plain",
                      UNet2DConditionModel.forward(
                          ops, config, in.get(0), in.get(1), in.get(2), null)));

      assertMatches(golden, outputs, 1);
    }
  }

  @Test
  void controlNet_eachResidual_matchesDiffusers() throws IOException {
    try (GoldenCase golden = GoldenCase.open("controlnet-cxr")) {
      ControlNetConfig config = ControlNetConfig.read(golden.config());

      Map<String, float[]> outputs =
          run(
              golden,
              List.of("sample", "timestep", "text", "condition"),
              (graph, ops, in) -> {
                var residuals =
                    ControlNetModel.forward(
                        ops, config, in.get(0), in.get(1), in.get(2), in.get(3));
                for (int i = 0; i < residuals.down().size(); i++) {
                  graph.output("down." + i, residuals.down().get(i));
                }
                graph.output("mid", residuals.middle());
              });

      assertMatches(golden, outputs, config.trunk().residualCount() + 1);
    }
  }

  @Test
  void autoencoder_encode_matchesDiffusers() throws IOException {
    try (GoldenCase golden = GoldenCase.open("vae")) {
      AutoencoderConfig config = AutoencoderConfig.read(golden.config());

      Map<String, float[]> outputs =
          run(
              golden,
              List.of("image"),
              (graph, ops, in) -> {
                List<GraphValue> moments =
                    ops.chunk(AutoencoderKL.encode(ops, config, in.getFirst()), 1, 2);
                graph.output("mean", moments.get(0));
                graph.output("logvar", moments.get(1));
              });

      assertMatches(golden, outputs, 2);
    }
  }

  @Test
  void autoencoder_decode_matchesDiffusers() throws IOException {
    try (GoldenCase golden = GoldenCase.open("vae")) {
      AutoencoderConfig config = AutoencoderConfig.read(golden.config());

      Map<String, float[]> outputs =
          run(
              golden,
              List.of("latents"),
              (graph, ops, in) ->
                  graph.output("decoded", AutoencoderKL.decode(ops, config, in.getFirst())));

      assertMatches(golden, outputs, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"clip-quick-gelu", "clip-gelu"})
  void textEncoder_fullAndShortSequences_matchesTransformers(String name) throws IOException {
    try (GoldenCase golden = GoldenCase.open(name)) {
      CLIPTextConfig config = CLIPTextConfig.read(golden.config());

      Map<String, float[]> outputs =
          run(
              golden,
              List.of("ids", "short_ids"),
              (graph, ops, in) -> {
                graph.output("last_hidden_state", CLIPTextModel.forward(ops, config, in.get(0)));
                graph.output(
                    "short_last_hidden_state", CLIPTextModel.forward(ops, config, in.get(1)));
              });

      assertMatches(golden, outputs, 2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"densenet-grey", "densenet-colour"})
  void denseNet_evaluation_matchesTorchvision(String name) throws IOException {
    try (GoldenCase golden = GoldenCase.open(name)) {
      ReaderConfig config = ReaderConfig.read(golden.config(), 1);

      Map<String, float[]> outputs =
          run(
              golden,
              List.of("image"),
              (graph, ops, in) -> {
                Reading<GraphValue> read = config.forward(ops, in.getFirst());
                graph.output("logits", read.logits());
                for (int i = 0; i < read.features().size(); i++) {
                  graph.output("feature." + i, read.features().get(i));
                }
              });

      assertMatches(golden, outputs, golden.shape("image")[1] == 1 ? 5 : 6);
    }
  }

  private Map<String, float[]> run(
      GoldenCase golden, List<String> names, GoldenGraph.Emitter emitter) {
    return GoldenGraph.run(golden, folder, Precision.FP32, names, emitter);
  }

  private static void assertMatches(GoldenCase golden, Map<String, float[]> outputs, int count) {
    assertThat(outputs).hasSize(count);
    outputs.forEach(golden::assertMatches);
  }
}
