package dev.synthorax.training.drawing;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.weights.ModelFile;
import dev.synthorax.nn.weights.ModelWeights;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Inputs;
import dev.synthorax.training.stage.Roles;
import dev.synthorax.training.stage.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A diffusion pipeline that is being trained: what its base has is taken from there, configuration
 * and weights; the rest is made as the configurations in the work folder say. A ControlNet that the
 * base lacks is made after the base's U-Net.
 *
 * @param work the run's folder
 * @param own configurations that people may edit
 * @param base the pipeline, or part of one, that the run starts from
 */
record PipelineDraft(WorkFolder work, DiffusersFolder own, @Nullable DiffusersFolder base) {
  /** Where the configurations are in the work folder. */
  static final String FOLDER = "pipeline";

  private static final String CONDITIONING_CHANNELS = "conditioning_channels";
  private static final String CONDITIONING_EMBEDDING = "conditioning_embedding_out_channels";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static PipelineDraft of(Inputs inputs) {
    Path base = inputs.model(Roles.BASE);
    return new PipelineDraft(
        inputs.work(),
        new DiffusersFolder(ModelFile.of(inputs.work().file(FOLDER))),
        base == null ? null : new DiffusersFolder(ModelFile.of(base)));
  }

  /** The base, if it has that component. */
  @Nullable DiffusersFolder baseOf(Component component) {
    return base != null && base.has(component) ? base : null;
  }

  /** The base's folder, for messages; empty without one. */
  Path baseRoot() {
    return base == null ? Path.of("") : base.root().path();
  }

  /** Whether the base has a noise schedule. */
  boolean hasSchedule() {
    return base != null && base.schedulerConfig().exists();
  }

  /** Whether there is a base with a vocabulary. */
  boolean hasTokenizer() {
    return base != null && base.tokenizer().isFolder();
  }

  /** The vocabulary's folder. */
  ModelFile tokenizer() {
    return base != null && hasTokenizer()
        ? base.tokenizer()
        : ModelFile.of(work.result(VocabularyStage.NAME));
  }

  /** The configuration of the noise schedule. */
  ModelFile schedulerConfig() {
    return base != null && hasSchedule() ? base.schedulerConfig() : own.schedulerConfig();
  }

  private DiffusersFolder where(Component component) {
    DiffusersFolder found = baseOf(component);
    return found == null ? own : found;
  }

  AutoencoderConfig autoencoder() {
    return where(Component.VAE).autoencoder();
  }

  UNet2DConditionConfig unet() {
    return where(Component.UNET).unet();
  }

  CLIPTextConfig textEncoder() {
    return where(Component.TEXT_ENCODER).textEncoder();
  }

  ControlNetConfig controlNet() throws IOException {
    return ControlNetConfig.parse(config(Component.CONTROLNET).toString());
  }

  /**
   * A component's configuration.
   *
   * @throws IllegalArgumentException if it is not JSON
   */
  JsonNode config(Component component) throws IOException {
    ObjectNode config = object(where(component).config(component));
    DiffusersFolder unet = baseOf(Component.UNET);
    if (component != Component.CONTROLNET || unet == null || baseOf(component) != null) {
      return config;
    }
    ObjectNode trunk = object(unet.config(Component.UNET));
    trunk.remove(List.of("out_channels", "up_block_types", "sample_size"));
    trunk.set("_class_name", config.path("_class_name"));
    trunk.set(CONDITIONING_CHANNELS, config.path(CONDITIONING_CHANNELS));
    trunk.set(CONDITIONING_EMBEDDING, config.path(CONDITIONING_EMBEDDING));
    return trunk;
  }

  private static ObjectNode object(ModelFile file) throws IOException {
    if (MAPPER.readTree(Files.readString(file.path())) instanceof ObjectNode object) {
      return object;
    }
    throw new IllegalArgumentException(file.name() + ": no object (expected: a configuration)");
  }

  /** The fields of a component's configuration. */
  Identity identify(Identity before, Component component) throws IOException {
    return before.withJson(component.folder(), config(component));
  }

  /** The fields of the noise schedule. */
  Identity identifySchedule(Identity before) throws IOException {
    return before.withJson("scheduler", object(schedulerConfig()));
  }

  private List<ParameterSpec> parameters(Component component) throws IOException {
    return switch (component) {
      case VAE -> AutoencoderKL.parameters(autoencoder());
      case UNET -> UNet2DConditionModel.parameters(unet());
      case TEXT_ENCODER -> CLIPTextModel.parameters(textEncoder());
      case CONTROLNET -> ControlNetModel.parameters(controlNet());
    };
  }

  /**
   * A component's weights: as a stage has left them, or those of the base, or new ones.
   *
   * @param trained stages by what they trained
   */
  @MustBeClosed
  TorchParameters open(Component component, Map<Component, String> trained, long seed)
      throws IOException {
    String stage = trained.get(component);
    if (stage != null) {
      return TorchParameters.load(
          parameters(component), work.result(stage).resolve(fileName(component)));
    }
    DiffusersFolder found = baseOf(component);
    if (found == null) {
      return TorchParameters.create(parameters(component), seed);
    }
    try (ModelWeights weights = found.openWeights(component)) {
      return TorchParameters.load(parameters(component), weights);
    }
  }

  /** Weights among the results of a stage. */
  static String fileName(Component component) {
    return component.folder() + ".safetensors";
  }
}
