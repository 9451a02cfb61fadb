package dev.synthorax.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkConfigTest {

  @Test
  void unet_emptyObject_takesDiffusersDefaults() {
    UNet2DConditionConfig config = UNet2DConditionConfig.parse("{}");

    assertThat(config)
        .isEqualTo(
            new UNet2DConditionConfig(
                new TrunkConfig(
                    4,
                    List.of(320, 640, 1280, 1280),
                    List.of(true, true, true, false),
                    List.of(2, 2, 2, 2),
                    List.of(1, 1, 1, 1),
                    List.of(8, 8, 8, 8),
                    1280,
                    false,
                    32,
                    1e-5,
                    Activation.SILU,
                    true,
                    0),
                List.of(false, true, true, true),
                4,
                List.of()));
  }

  @Test
  void unet_everyField_isMapped() {
    UNet2DConditionConfig config =
        UNet2DConditionConfig.parse(
            """
            {"in_channels": 5, "out_channels": 3, "sample_size": 16, "block_out_channels": [8, 16],
             "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"],
             "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"], "layers_per_block": [1, 2],
             "transformer_layers_per_block": [1, 3], "attention_head_dim": [2, 4],
             "cross_attention_dim": 12, "use_linear_projection": true, "norm_num_groups": 4,
             "norm_eps": 1e-6, "act_fn": "gelu", "flip_sin_to_cos": false, "freq_shift": 1,
             "unknown_field": {"is": "ignored"}, "upcast_attention": true}
            """);

    assertThat(config)
        .isEqualTo(
            new UNet2DConditionConfig(
                new TrunkConfig(
                    5,
                    List.of(8, 16),
                    List.of(false, true),
                    List.of(1, 2),
                    List.of(1, 3),
                    List.of(2, 4),
                    12,
                    true,
                    4,
                    1e-6,
                    Activation.GELU,
                    false,
                    1),
                List.of(true, false),
                3,
                List.of(16, 16)));
  }

  @Test
  void autoencoder_everyField_isMapped() {
    AutoencoderConfig config =
        AutoencoderConfig.parse(
            """
            {"in_channels": 1, "out_channels": 2, "block_out_channels": [8, 16],
             "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
             "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"], "layers_per_block": 3,
             "latent_channels": 6, "norm_num_groups": 2, "act_fn": "relu", "scaling_factor": 0.5,
             "use_quant_conv": false, "use_post_quant_conv": false,
             "mid_block_add_attention": false, "force_upcast": true}
            """);

    assertThat(config)
        .isEqualTo(
            new AutoencoderConfig(
                1, 2, List.of(8, 16), 3, 6, 2, Activation.RELU, 0.5, false, false, false, true));
    assertThat(config.spatialFactor()).isEqualTo(2);
  }

  @Test
  void textEncoder_everyField_isMapped() {
    CLIPTextConfig config =
        CLIPTextConfig.parse(
            """
            {"model_type": "clip_text_model", "vocab_size": 64, "hidden_size": 24,
             "intermediate_size": 40, "num_hidden_layers": 3, "num_attention_heads": 4,
             "max_position_embeddings": 12, "hidden_act": "gelu", "layer_norm_eps": 1e-6}
            """);

    assertThat(config).isEqualTo(new CLIPTextConfig(64, 24, 40, 3, 4, 12, Activation.GELU, 1e-6));
  }

  @Test
  void controlNet_everyField_isMapped() {
    ControlNetConfig config =
        ControlNetConfig.parse(
            """
            {"conditioning_channels": 1, "conditioning_embedding_out_channels": [4, 8],
             "cross_attention_dim": 768}
            """);

    assertThat(config.conditioningChannels()).isEqualTo(1);
    assertThat(config.conditioningEmbeddingChannels()).containsExactly(4, 8);
    assertThat(config.conditioningFactor()).isEqualTo(2);
    assertThat(config.trunk().crossAttentionDim()).isEqualTo(768);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"act_fn\": \"mish\"} | act_fn is mish",
        "{\"in_channels\": \"four\"} | in_channels is \"four\"",
        "{\"in_channels\": 0} | in_channels is 0",
        "{\"block_out_channels\": []} | block_out_channels is []",
        "{\"block_out_channels\": [300, 640, 1280, 1280]} | norm_num_groups 32",
        "{\"block_out_channels\": [1073741824, 640, 1280, 1280]} | at most 1048576",
        "{\"down_block_types\": [\"AttnDownBlock2D\"]} | down_block_types is AttnDownBlock2D",
        "{\"down_block_types\": [\"DownBlock2D\"]} | 1 block types",
        "{\"attention_head_dim\": [8, 8]} | attention_head_dim is [8,8]",
        "{\"class_embed_type\": \"timestep\"} | class_embed_type is \"timestep\"",
        "{\"resnet_time_scale_shift\": \"scale_shift\"} | resnet_time_scale_shift is",
        "{\"time_cond_proj_dim\": 256} | time_cond_proj_dim is 256",
        "{\"_class_name\": \"AutoencoderKL\"} | _class_name is AutoencoderKL",
        "{\"norm_eps\": | not JSON",
        "[1, 2] | not a JSON object",
        "{\"sample_size\": [8, 8, 8]} | sample_size is [8, 8, 8] (expected: one side or",
        "{\"sample_size\": [8, 0]} | sample_size is 0 (expected: a positive integer",
        "{\"mid_block_type\": null} | mid_block_type is null (expected: UNetMidBlock2DCrossAttn",
        "{\"norm_num_groups\": null} | norm_num_groups is null",
        "{\"only_cross_attention\": [false, true]} | only_cross_attention is [false,true]",
      })
  void unet_badValue_isOneLineThatNamesIt(String json, String expected) {
    assertThatThrownBy(() -> UNet2DConditionConfig.parse(json))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.MODEL_FAILED))
        .message()
        .startsWith("unet config: ")
        .contains(expected)
        .doesNotContain("\n");
  }

  @Test
  void read_gitLfsPointer_saysHowToGetTheFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(file, "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n");

    assertThatThrownBy(() -> AutoencoderConfig.read(file))
        .isInstanceOf(InferenceException.class)
        .hasMessageStartingWith(file + ": a Git LFS pointer");
  }

  @Test
  void unet_pairAsSampleSize_isHeightAndWidth() {
    assertThat(UNet2DConditionConfig.parse("{\"sample_size\": [8, 16]}").sampleSize())
        .containsExactly(8, 16);
  }

  @Test
  void read_file_namesItInErrors(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("config.json");

    assertThatThrownBy(() -> AutoencoderConfig.read(file))
        .isInstanceOf(InferenceException.class)
        .hasMessage(file + ": no such file (expected: a file of the diffusers layout)");

    Files.writeString(file, "{\"scaling_factor\": -1}");
    assertThatThrownBy(() -> AutoencoderConfig.read(file))
        .isInstanceOf(InferenceException.class)
        .hasMessageStartingWith(file + ": block_out_channels [64], scaling_factor -1.0");
  }
}
