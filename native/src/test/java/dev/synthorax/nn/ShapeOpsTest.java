package dev.synthorax.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.nn.weights.ModelWeights;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeOpsTest {

  private static final UNet2DConditionConfig SD_UNET =
      UNet2DConditionConfig.parse(
          """
          {"_class_name": "UNet2DConditionModel", "sample_size": 64, "cross_attention_dim": 768,
           "block_out_channels": [320, 640, 1280, 1280], "attention_head_dim": 8}
          """);

  @Test
  void parameters_stableDiffusionUnet_countAsPublished() {
    assertThat(learned(UNet2DConditionModel.parameters(SD_UNET))).isEqualTo(859_520_964);
  }

  @Test
  void parameters_stableDiffusionAutoencoder_countAsPublished() {
    AutoencoderConfig config =
        AutoencoderConfig.parse(
            """
            {"_class_name": "AutoencoderKL", "block_out_channels": [128, 256, 512, 512],
             "layers_per_block": 2,
             "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D",
                                  "DownEncoderBlock2D", "DownEncoderBlock2D"],
             "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D",
                                "UpDecoderBlock2D", "UpDecoderBlock2D"]}
            """);

    assertThat(learned(AutoencoderKL.parameters(config))).isEqualTo(83_653_863);
  }

  @Test
  void parameters_clipLargeText_countAsPublished() {
    CLIPTextConfig config =
        CLIPTextConfig.parse(
            """
            {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12}
            """);

    assertThat(learned(CLIPTextModel.parameters(config))).isEqualTo(123_060_480);
  }

  @Test
  void parameters_controlNet_areTheTrunkAndItsOwn() {
    ControlNetConfig config = ControlNetConfig.parse("{\"cross_attention_dim\": 768}");

    List<ParameterSpec> specs = ControlNetModel.parameters(config);

    assertThat(config.trunk()).isEqualTo(SD_UNET.trunk());
    assertThat(config.trunk().residualCount()).isEqualTo(12);
    assertThat(learned(specs)).isEqualTo(361_279_120);
    assertThat(specs.stream().map(ParameterSpec::name))
        .contains("controlnet_down_blocks.11.weight", "controlnet_mid_block.bias");
  }

  @Test
  void parameters_denseNet121_countAsPublished() {
    ReaderConfig config =
        ReaderConfig.parse("{\"_class_name\": \"DenseNet\", \"in_channels\": 3}", 1000);

    assertThat(learned(config.parameters())).isEqualTo(7_978_856);
  }

  /** torchvision counts batches beside its running statistics; nothing here asks for that. */
  @ParameterizedTest
  @ValueSource(strings = {"densenet-grey", "densenet-colour"})
  void parameters_denseNets_areExactlyTheNamesOfTorchvision(String name) {
    try (GoldenCase golden = GoldenCase.open(name);
        ModelWeights weights = ModelWeights.open(golden.weights())) {
      List<ParameterSpec> specs = ReaderConfig.read(golden.config(), 1).parameters();

      assertThat(specs.stream().map(ParameterSpec::name))
          .containsExactlyInAnyOrderElementsOf(
              weights.names().stream().filter(n -> !n.endsWith("num_batches_tracked")).toList());
    }
  }

  @Test
  void forward_readerOfAnotherSize_saysWhatDivides() {
    ReaderConfig config = ReaderConfig.parse("{\"_class_name\": \"DenseNet\"}", 3);

    assertThat(config.forward(new ShapeOps(), new long[] {2, 1, 64, 32}).logits())
        .containsExactly(2, 3);
    assertThatThrownBy(() -> config.forward(new ShapeOps(), new long[] {2, 1, 64, 48}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("image: 1x64x48 (expected: 1 or 1 channels, sides that divide by 32)");
  }

  @ParameterizedTest
  @CsvSource({"unet-cxr", "unet-linear", "controlnet-cxr", "vae", "clip-gelu"})
  void parameters_goldenConfigs_areExactlyTheNamesInTheFile(String name) {
    try (GoldenCase golden = GoldenCase.open(name);
        ModelWeights weights = ModelWeights.open(golden.weights())) {
      List<ParameterSpec> specs = parameters(name, golden);

      assertThat(specs.stream().map(ParameterSpec::name))
          .containsExactlyInAnyOrderElementsOf(weights.names());
    }
  }

  private static List<ParameterSpec> parameters(String name, GoldenCase golden) {
    return switch (name) {
      case "vae" -> AutoencoderKL.parameters(AutoencoderConfig.read(golden.config()));
      case "clip-gelu" -> CLIPTextModel.parameters(CLIPTextConfig.read(golden.config()));
      case "controlnet-cxr" -> ControlNetModel.parameters(ControlNetConfig.read(golden.config()));
      default -> UNet2DConditionModel.parameters(UNet2DConditionConfig.read(golden.config()));
    };
  }

  @Test
  void cost_oneConvolution_countsMultiplyAddsAndElements() {
    ShapeOps ops = new ShapeOps();

    long[] result = Layers.conv3x3(ops.in("conv"), new long[] {2, 3, 8, 8}, 5);

    assertThat(result).containsExactly(2, 5, 8, 8);
    assertThat(ops.cost())
        .isEqualTo(new NetworkCost(5 * 3 * 9 + 5, 2 * 5 * 64 * 27, 2 * 64 * (5 + 3)));
    assertThat(ops.cost().flops()).isEqualTo(2 * 2 * 5 * 64 * 27);
  }

  @Test
  void cost_stableDiffusionUnet_isAsPublished() {
    ShapeOps ops = new ShapeOps();

    UNet2DConditionModel.forward(
        ops, SD_UNET, new long[] {1, 4, 64, 64}, new long[] {1}, new long[] {1, 77, 768}, null);

    // DeepCache (arXiv 2312.00858) gives 16.9 TMAC for 50 steps of one row.
    assertThat(ops.cost().multiplyAdds() / 1e12).isBetween(0.33, 0.41);
  }

  @Test
  void forward_sidesThatDoNotDivide_namesTheBlock() {
    long[] sample = {1, 4, 12, 12};

    assertThatThrownBy(
            () ->
                UNet2DConditionModel.forward(
                    new ShapeOps(), SD_UNET, sample, new long[] {1}, new long[] {1, 77, 768}, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "down_blocks.2: 3x3 (expected: latents whose sides divide by 2 at every level)");
  }

  @Test
  void forward_textOfAnotherWidth_saysWhatWasExpected() {
    assertThatThrownBy(
            () ->
                UNet2DConditionModel.forward(
                    new ShapeOps(),
                    SD_UNET,
                    new long[] {1, 4, 64, 64},
                    new long[] {1},
                    new long[] {1, 77, 1024},
                    null))
        .hasMessage("text: 1024 features (expected: cross_attention_dim 768)");
  }

  @Test
  void forward_judges_giveOneLogitEach() {
    var segmenter = new SegmentationConfig(1, 3, 16, 4);
    var classifier = new ClassifierConfig(1, 7, 16, 3, 2);

    Reading<long[]> masks = segmenter.forward(new ShapeOps(), new long[] {2, 1, 128, 64});
    Reading<long[]> findings = classifier.forward(new ShapeOps(), new long[] {2, 1, 128, 64});

    assertThat(masks.logits()).containsExactly(2, 3, 128, 64);
    assertThat(masks.features()).hasSize(4);
    assertThat(masks.features().getLast()).containsExactly(2, 128, 16, 8);
    assertThat(findings.logits()).containsExactly(2, 7);
    assertThat(findings.features()).hasSize(4);
    assertThat(findings.features().getLast()).containsExactly(2, 128, 8, 4);
  }

  private static long learned(List<ParameterSpec> specs) {
    return specs.stream().filter(ParameterSpec::learned).mapToLong(ParameterSpec::elements).sum();
  }

  @Test
  void reshape_symbolicBatch_staysFirstOrIsInferredAgain() {
    var ops = new ShapeOps();
    long[] x = {Ops.DYNAMIC, 4, 6};

    assertThat(ops.reshape(x, Ops.KEEP, 3, Ops.INFER)).containsExactly(Ops.DYNAMIC, 3, 8);
    assertThat(ops.reshape(x, Ops.INFER, 6)).containsExactly(Ops.DYNAMIC, 6);
    assertThatThrownBy(() -> ops.in("down.0").reshape(x, 2, 12))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("down.0: reshape to [2, 12] (expected: the first dim kept or inferred)");
    assertThatThrownBy(() -> ops.reshape(x, Ops.INFER, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the elements of [-1, 4, 6]");
  }

  @Test
  void concatAndSlice_alongASymbolicBatch_areRefused() {
    var ops = new ShapeOps();
    long[] x = {Ops.DYNAMIC, 4};

    assertThatThrownBy(() -> ops.concat(0, List.of(x, x)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a known dim 0");
    assertThatThrownBy(() -> ops.slice(x, 0, 0, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void cost_symbolicBatch_isThatOfOneRow() {
    var one = new ShapeOps();
    var symbolic = new ShapeOps();
    UNet2DConditionModel.forward(
        one, SD_UNET, new long[] {1, 4, 64, 64}, new long[] {1}, new long[] {1, 77, 768}, null);

    long[] result =
        UNet2DConditionModel.forward(
            symbolic,
            SD_UNET,
            new long[] {Ops.DYNAMIC, 4, 64, 64},
            new long[] {Ops.DYNAMIC},
            new long[] {Ops.DYNAMIC, 77, 768},
            null);

    assertThat(result).containsExactly(Ops.DYNAMIC, 4, 64, 64);
    assertThat(symbolic.cost()).isEqualTo(one.cost());
  }
}
