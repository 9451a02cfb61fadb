package dev.synthorax.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import dev.synthorax.nn.weights.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A diffusion pipeline on disk in the diffusers layout, while it is being trained: weights are FP32
 * until {@link #publish}.
 *
 * @param root the folder
 */
record PipelineFolder(Path root) {
  /** Networks of a pipeline and where their files are. */
  enum Component {
    VAE("vae", "diffusion_pytorch_model.safetensors"),
    UNET("unet", "diffusion_pytorch_model.safetensors"),
    TEXT_ENCODER("text_encoder", "model.safetensors"),
    CONTROLNET("controlnet", "diffusion_pytorch_model.safetensors");

    private final String folder;
    private final String weights;

    Component(String folder, String weights) {
      this.folder = folder;
      this.weights = weights;
    }
  }

  private static final List<String> SHARED_FILES =
      List.of("model_index.json", "scheduler/scheduler_config.json", "synthorax.yaml");
  private static final List<String> TOKENIZER_FILES =
      List.of("vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json");

  Path config(Component component) {
    return root.resolve(component.folder).resolve("config.json");
  }

  Path weights(Component component) {
    return root.resolve(component.folder).resolve(component.weights);
  }

  Path tokenizer() {
    return root.resolve("tokenizer");
  }

  Path schedulerConfig() {
    return root.resolve("scheduler").resolve("scheduler_config.json");
  }

  /** Whether a component has its final weights. */
  boolean has(Component component) {
    return Files.isRegularFile(weights(component));
  }

  AutoencoderConfig autoencoder() throws IOException {
    return AutoencoderConfig.read(config(Component.VAE));
  }

  UNet2DConditionConfig unet() throws IOException {
    return UNet2DConditionConfig.read(config(Component.UNET));
  }

  CLIPTextConfig textEncoder() throws IOException {
    return CLIPTextConfig.read(config(Component.TEXT_ENCODER));
  }

  ControlNetConfig controlNet() throws IOException {
    return ControlNetConfig.read(config(Component.CONTROLNET));
  }

  /** Parameters of a component as its configuration asks for them. */
  List<ParameterSpec> parameters(Component component) throws IOException {
    return switch (component) {
      case VAE -> AutoencoderKL.parameters(autoencoder());
      case UNET -> UNet2DConditionModel.parameters(unet());
      case TEXT_ENCODER -> CLIPTextModel.parameters(textEncoder());
      case CONTROLNET -> ControlNetModel.parameters(controlNet());
    };
  }

  /** A component's weights from this folder. */
  @MustBeClosed
  TorchParameters load(Component component) throws IOException {
    return TorchParameters.load(parameters(component), weights(component));
  }

  /** New weights for a component, not yet in this folder. */
  @MustBeClosed
  TorchParameters create(Component component, long seed) throws IOException {
    return TorchParameters.create(parameters(component), seed);
  }

  void save(Component component, TorchParameters parameters) throws IOException {
    parameters.save(weights(component), ElementType.F32, Map.of("format", "pt"));
  }

  /** Sets one number of a component's configuration. */
  void setNumber(Component component, String field, double value) throws IOException {
    var mapper = new ObjectMapper();
    Path file = config(component);
    var json = (ObjectNode) mapper.readTree(Files.readString(file));
    json.put(field, value);
    Files.writeString(
        file, mapper.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }

  /** Lays out the configurations below a template's name; existing files stay. */
  void layOut(String template) throws IOException {
    for (Component component : Component.values()) {
      Template.copy(template + component.folder + "/config.json", config(component));
    }
    for (String file : SHARED_FILES) {
      Template.copy(template + file, root.resolve(file));
    }
  }

  /**
   * Writes the finished pipeline elsewhere with FP16 weights; replaces files of the same names,
   * touches no others.
   *
   * @throws IllegalStateException if a weight does not fit FP16
   */
  void publish(Path target) throws IOException {
    var published = new PipelineFolder(target);
    for (Component component : Component.values()) {
      Files.createDirectories(published.config(component).getParent());
      replace(config(component), published.config(component));
      try (TorchParameters parameters = load(component)) {
        parameters.save(published.weights(component), ElementType.F16, Map.of("format", "pt"));
      }
    }
    for (String file : SHARED_FILES) {
      Files.createDirectories(target.resolve(file).getParent());
      replace(root.resolve(file), target.resolve(file));
    }
    Files.createDirectories(published.tokenizer());
    for (String file : TOKENIZER_FILES) {
      replace(tokenizer().resolve(file), published.tokenizer().resolve(file));
    }
  }

  private static void replace(Path source, Path target) throws IOException {
    Files.copy(source, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }
}
