package dev.synthorax.nn.diffusers;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.Sha256;
import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.CLIPTextModel;
import dev.synthorax.nn.ControlNetConfig;
import dev.synthorax.nn.ControlNetModel;
import dev.synthorax.nn.ParameterSpec;
import dev.synthorax.nn.UNet2DConditionConfig;
import dev.synthorax.nn.UNet2DConditionModel;
import dev.synthorax.nn.text.ClipTokenizer;
import dev.synthorax.nn.weights.ModelFile;
import dev.synthorax.nn.weights.ModelWeights;
import dev.synthorax.nn.weights.WeightFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * A pipeline in the diffusers layout: the one place that knows what lies where.
 *
 * <pre>
 * model_index.json  synthorax.yaml
 * unet/ vae/ text_encoder/ controlnet/   config.json and weights in safetensors
 * tokenizer/  scheduler/scheduler_config.json
 * </pre>
 *
 * @param root the folder, and what messages call the files below it
 */
public record DiffusersFolder(ModelFile root) {
  /** Our own settings beside the parts: sizes, batching, limits. */
  public static final String SETTINGS = "synthorax.yaml";

  /** A network of the pipeline. */
  public enum Component {
    /** Prompts to embeddings. */
    TEXT_ENCODER("text_encoder", "model.safetensors"),
    /** Denoises. */
    UNET("unet", "diffusion_pytorch_model.safetensors"),
    /** Latents to images and back. */
    VAE("vae", "diffusion_pytorch_model.safetensors"),
    /** Masks to residuals of the U-Net; the only one that may be missing. */
    CONTROLNET("controlnet", "diffusion_pytorch_model.safetensors");

    private final String folder;
    private final String weights;

    Component(String folder, String weights) {
      this.folder = folder;
      this.weights = weights;
    }

    /** Name of its folder. */
    public String folder() {
      return folder;
    }
  }

  public DiffusersFolder {
    requireNonNull(root, "root");
  }

  /** A model's folder: its files are called by their place below it. */
  public static DiffusersFolder of(Path folder) {
    return new DiffusersFolder(ModelFile.root(folder));
  }

  /** {@code model_index.json}, which names the class that the pipeline was saved as. */
  public ModelFile index() {
    return root.resolve("model_index.json");
  }

  /** {@value #SETTINGS}. */
  public ModelFile settings() {
    return root.resolve(SETTINGS);
  }

  /** The configuration of the noise schedule. */
  public ModelFile schedulerConfig() {
    return scheduler().resolve("scheduler_config.json");
  }

  /** The folder of the noise schedule. */
  public ModelFile scheduler() {
    return root.resolve("scheduler");
  }

  /** The folder of the tokenizer. */
  public ModelFile tokenizer() {
    return root.resolve("tokenizer");
  }

  /** A component's {@code config.json}. */
  public ModelFile config(Component component) {
    return folder(component).resolve("config.json");
  }

  /** Where the weights of a component are saved; see {@link #weights} for where they are found. */
  public ModelFile savedWeights(Component component) {
    return folder(component).resolve(component.weights);
  }

  private ModelFile folder(Component component) {
    return root.resolve(component.folder);
  }

  /** Whether there is a folder of that component. */
  public boolean has(Component component) {
    return folder(component).isFolder();
  }

  /** Whether this is meant to be a pipeline: it has an index or a U-Net. */
  public boolean isPipeline() {
    return index().exists() || has(Component.UNET);
  }

  /** The components that a pipeline of this folder needs, in the order in which it is hashed. */
  public List<Component> components() {
    var components =
        new ArrayList<>(List.of(Component.TEXT_ENCODER, Component.UNET, Component.VAE));
    if (has(Component.CONTROLNET)) {
      components.add(Component.CONTROLNET);
    }
    return components;
  }

  /**
   * The files that hold a component's weights.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if there are none
   */
  public WeightFiles weights(Component component) {
    return WeightFiles.find(folder(component));
  }

  /**
   * Opens a component's weights.
   *
   * @return the caller closes it
   * @throws InferenceException {@code MODEL_FAILED}, naming the file
   */
  @MustBeClosed
  public ModelWeights openWeights(Component component) {
    return ModelWeights.open(weights(component));
  }

  /**
   * Configuration of the text encoder.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming file and field
   */
  public CLIPTextConfig textEncoder() {
    return CLIPTextConfig.read(config(Component.TEXT_ENCODER));
  }

  /**
   * Configuration of the U-Net.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming file and field
   */
  public UNet2DConditionConfig unet() {
    return UNet2DConditionConfig.read(config(Component.UNET));
  }

  /**
   * Configuration of the autoencoder.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming file and field
   */
  public AutoencoderConfig autoencoder() {
    return AutoencoderConfig.read(config(Component.VAE));
  }

  /**
   * Configuration of the ControlNet.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming file and field
   */
  public ControlNetConfig controlNet() {
    return ControlNetConfig.read(config(Component.CONTROLNET));
  }

  /** Parameters of a component as its configuration asks for them. */
  public List<ParameterSpec> parameters(Component component) {
    return switch (component) {
      case TEXT_ENCODER -> CLIPTextModel.parameters(textEncoder());
      case UNET -> UNet2DConditionModel.parameters(unet());
      case VAE -> AutoencoderKL.parameters(autoencoder());
      case CONTROLNET -> ControlNetModel.parameters(controlNet());
    };
  }

  /** Tokens of a prompt: as many as the tokenizer gives and the text encoder reads. */
  public int textLength() {
    return ClipTokenizer.length(tokenizer(), textEncoder().maxPositions());
  }

  /**
   * Numbers in the weights of all components that are there, as the files' headers list them.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file
   */
  public long weightElements() {
    long elements = 0;
    for (Component component : Component.values()) {
      if (has(component)) {
        try (ModelWeights weights = openWeights(component)) {
          elements += weights.elements();
        }
      }
    }
    return elements;
  }

  /**
   * SHA-256 over the names, configurations and weights of the components, in hex.
   *
   * @throws InferenceException {@code MODEL_FAILED}, naming the file
   */
  public String networksHash() {
    MessageDigest digest = Sha256.digest();
    for (Component component : components()) {
      digest.update(component.folder.getBytes(StandardCharsets.UTF_8));
      var files = new ArrayList<>(List.of(config(component)));
      files.addAll(weights(component).files());
      for (ModelFile file : files) {
        digest.update((byte) 0);
        file.addTo(digest);
      }
    }
    return Sha256.hex(digest);
  }
}
