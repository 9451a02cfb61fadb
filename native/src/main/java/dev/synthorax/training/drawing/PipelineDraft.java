package dev.synthorax.training.drawing;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.CLIPTextModel;
import dev.synthorax.nn.ControlNetConfig;
import dev.synthorax.nn.ControlNetModel;
import dev.synthorax.nn.ParameterSpec;
import dev.synthorax.nn.UNet2DConditionConfig;
import dev.synthorax.nn.UNet2DConditionModel;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The configurations of a diffusion pipeline that is being trained, in the diffusers layout, where
 * people may edit them.
 *
 * @param work the run's folder
 */
record PipelineDraft(WorkFolder work) {
  private static final String FOLDER = "pipeline";
  private static final String CONFIG = "config.json";

  /** Files that are published as they are. */
  static final List<String> SHARED_FILES =
      List.of("model_index.json", "scheduler/scheduler_config.json", "synthorax.yaml");

  /** Networks of a pipeline, and where their published weights are. */
  enum Network {
    VAE("vae", "diffusion_pytorch_model.safetensors"),
    UNET("unet", "diffusion_pytorch_model.safetensors"),
    TEXT_ENCODER("text_encoder", "model.safetensors"),
    CONTROLNET("controlnet", "diffusion_pytorch_model.safetensors");

    private final String folder;
    private final String weights;

    Network(String folder, String weights) {
      this.folder = folder;
      this.weights = weights;
    }

    /** Its configuration, in a pipeline's folder. */
    String config() {
      return folder + "/" + CONFIG;
    }

    /** Its weights, in a pipeline's folder. */
    String weights() {
      return folder + "/" + weights;
    }

    /** Its weights, among the results of a stage. */
    String trained() {
      return folder + ".safetensors";
    }
  }

  /** All files of a draft, relative to the work folder. */
  static List<String> files() {
    var files = new ArrayList<String>();
    for (Network network : Network.values()) {
      files.add(FOLDER + "/" + network.config());
    }
    SHARED_FILES.forEach(file -> files.add(FOLDER + "/" + file));
    return List.copyOf(files);
  }

  /** A file of the draft. */
  Path file(String name) {
    return work.file(FOLDER + "/" + name);
  }

  AutoencoderConfig autoencoder() {
    return AutoencoderConfig.read(file(Network.VAE.config()));
  }

  UNet2DConditionConfig unet() {
    return UNet2DConditionConfig.read(file(Network.UNET.config()));
  }

  CLIPTextConfig textEncoder() {
    return CLIPTextConfig.read(file(Network.TEXT_ENCODER.config()));
  }

  ControlNetConfig controlNet() {
    return ControlNetConfig.read(file(Network.CONTROLNET.config()));
  }

  Path schedulerConfig() {
    return file("scheduler/scheduler_config.json");
  }

  /** The fields of a network's configuration. */
  Identity identify(Identity before, Network network) throws IOException {
    return before.withJson(network.folder, work.json(FOLDER + "/" + network.config()));
  }

  /** The fields of the noise schedule. */
  Identity identifySchedule(Identity before) throws IOException {
    return before.withJson("scheduler", work.json(FOLDER + "/scheduler/scheduler_config.json"));
  }

  /** Parameters of a network as its configuration asks for them. */
  List<ParameterSpec> parameters(Network network) {
    return switch (network) {
      case VAE -> AutoencoderKL.parameters(autoencoder());
      case UNET -> UNet2DConditionModel.parameters(unet());
      case TEXT_ENCODER -> CLIPTextModel.parameters(textEncoder());
      case CONTROLNET -> ControlNetModel.parameters(controlNet());
    };
  }

  /** New weights for a network. */
  @MustBeClosed
  TorchParameters create(Network network, long seed) {
    return TorchParameters.create(parameters(network), seed);
  }

  /** A network's weights as a stage has left them. */
  @MustBeClosed
  TorchParameters load(Network network, String stage) {
    return TorchParameters.load(parameters(network), work.result(stage).resolve(network.trained()));
  }
}
