package dev.synthorax.training.tuning;

import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.text.BpeVocabulary;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.weights.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A pipeline folder of random weights, small enough that a step of training takes milliseconds. */
final class TinyPipeline {
  static final String VELOCITY =
      """
      {"_class_name": "DDIMScheduler", "beta_end": 0.012, "beta_schedule": "scaled_linear",
       "beta_start": 0.00085, "clip_sample": false, "num_train_timesteps": 1000,
       "prediction_type": "v_prediction", "rescale_betas_zero_snr": true,
       "timestep_spacing": "trailing"}
      """;
  static final String EPSILON =
      """
      {"_class_name": "PNDMScheduler", "beta_end": 0.012, "beta_schedule": "scaled_linear",
       "beta_start": 0.00085, "num_train_timesteps": 1000, "skip_prk_steps": true,
       "steps_offset": 1}
      """;
  private static final String TRUNK =
      """
       "block_out_channels": [8, 16], "cross_attention_dim": 16, "attention_head_dim": 2,
       "in_channels": 4, "layers_per_block": 1, "norm_num_groups": 4,
       "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"]}
      """;

  private TinyPipeline() {}

  /** Ours: masks of lungs and heart, told nothing by zeros. */
  static Path write(Path folder) throws IOException {
    Path written = withoutMasks(folder, VELOCITY);
    text(
        folder,
        "controlnet/config.json",
        "{\"_class_name\": \"ControlNetModel\", \"conditioning_channels\": 2,"
            + " \"conditioning_embedding_out_channels\": [4, 8],"
            + TRUNK);
    text(
        folder,
        "synthorax.yaml",
        """
        # small
        sizes: [[16, 16]]
        structures: [lungs, heart]
        unconditional: zero
        defaults:
          num-inference-steps: 20
          guidance-scale: 3.0
        """);
    weights(DiffusersFolder.of(folder), Component.CONTROLNET);
    return written;
  }

  /** As others publish them. */
  static Path withoutMasks(Path folder, String scheduler) throws IOException {
    text(folder, "model_index.json", "{\"_class_name\": \"StableDiffusionPipeline\"}");
    text(folder, "scheduler/scheduler_config.json", scheduler);
    text(
        folder,
        "vae/config.json",
        """
        {"_class_name": "AutoencoderKL", "block_out_channels": [8, 8], "in_channels": 1,
         "out_channels": 1, "latent_channels": 4, "layers_per_block": 1, "norm_num_groups": 4,
         "scaling_factor": 0.7, "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
         "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"]}
        """);
    text(
        folder,
        "unet/config.json",
        "{\"_class_name\": \"UNet2DConditionModel\", \"out_channels\": 4,"
            + " \"up_block_types\": [\"UpBlock2D\", \"CrossAttnUpBlock2D\"],"
            + TRUNK);
    text(
        folder,
        "text_encoder/config.json",
        """
        {"hidden_act": "quick_gelu", "hidden_size": 16, "intermediate_size": 32,
         "max_position_embeddings": 12, "model_type": "clip_text_model",
         "num_attention_heads": 2, "num_hidden_layers": 1, "vocab_size": 600}
        """);
    Path tokenizer = Files.createDirectories(folder.resolve("tokenizer"));
    BpeVocabulary.learn(List.of("left effusion", "right effusion"), 600).write(tokenizer, 12);
    DiffusersFolder pipeline = DiffusersFolder.of(folder);
    for (Component component : pipeline.components()) {
      weights(pipeline, component);
    }
    return folder;
  }

  /** No parameter is zero: every part of every network shows. */
  private static void weights(DiffusersFolder pipeline, Component component) throws IOException {
    try (TorchParameters parameters =
            TorchParameters.create(pipeline.parameters(component), component.folder().length());
        PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      torch.manual_seed(component.folder().length());
      for (Tensor tensor : parameters.learned()) {
        tensor.add_(torch.randn(dev.synthorax.nn.torch.TorchTensors.shape(tensor)).mul(scalar()));
      }
      parameters.save(
          pipeline.savedWeights(component).path(), ElementType.F16, Map.of("format", "pt"));
    }
  }

  private static org.bytedeco.pytorch.Scalar scalar() {
    return new org.bytedeco.pytorch.Scalar(0.02);
  }

  static void text(Path folder, String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
  }
}
