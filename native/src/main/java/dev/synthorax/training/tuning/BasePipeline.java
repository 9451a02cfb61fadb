package dev.synthorax.training.tuning;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.synthorax.diffusion.NoiseSchedulerConfig;
import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.ControlNetConfig;
import dev.synthorax.nn.UNet2DConditionConfig;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.weights.ModelFile;
import dev.synthorax.training.stage.Inputs;
import dev.synthorax.training.stage.Roles;
import dev.synthorax.training.stage.Samples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline that a tuning starts from, as its folder says.
 *
 * @param folder in the diffusers layout
 * @param settings of its {@code synthorax.yaml}; empty where there is none
 * @param control null: it takes no masks
 * @param structures names of the ControlNet's channels, in order; empty: those of the samples
 */
record BasePipeline(
    DiffusersFolder folder,
    ObjectNode settings,
    NoiseSchedulerConfig schedule,
    CLIPTextConfig text,
    UNet2DConditionConfig unet,
    AutoencoderConfig vae,
    @Nullable ControlNetConfig control,
    List<String> structures) {
  static final YAMLMapper YAML = new YAMLMapper();

  /**
   * The base of a recipe that needs one.
   *
   * @throws IllegalArgumentException if it is no whole pipeline, or cannot read the samples
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED}, naming file and field
   */
  static BasePipeline of(Inputs inputs) {
    BasePipeline base = read(requireNonNull(inputs.model(Roles.BASE), Roles.BASE));
    base.check(inputs.samples());
    return base;
  }

  /**
   * Reads a folder.
   *
   * @throws IllegalArgumentException if it is no whole pipeline
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED}, naming file and field
   */
  static BasePipeline read(Path path) {
    DiffusersFolder folder = DiffusersFolder.of(path);
    List<String> missing =
        List.of(Component.TEXT_ENCODER, Component.UNET, Component.VAE).stream()
            .filter(component -> !folder.has(component))
            .map(Component::folder)
            .toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "base: %s has no %s (expected: a whole pipeline in the diffusers layout)"
              .formatted(path, String.join(", ", missing)));
    }
    ObjectNode settings = settings(folder.settings());
    return new BasePipeline(
        folder,
        settings,
        NoiseSchedulerConfig.read(folder.schedulerConfig()),
        folder.textEncoder(),
        folder.unet(),
        folder.autoencoder(),
        folder.has(Component.CONTROLNET) ? folder.controlNet() : null,
        StreamSupport.stream(settings.path("structures").spliterator(), false)
            .map(JsonNode::asText)
            .toList());
  }

  private static ObjectNode settings(ModelFile file) {
    if (!file.exists()) {
      return JsonNodeFactory.instance.objectNode();
    }
    try {
      JsonNode tree = YAML.readTree(file.text("the pipeline's settings"));
      return tree instanceof ObjectNode fields ? fields : JsonNodeFactory.instance.objectNode();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "base: %s: not YAML: %s".formatted(file.name(), e.getOriginalMessage()), e);
    }
  }

  /**
   * Whether a row that is told nothing reads the zero embedding and no masks; otherwise the
   * embedding of {@code ""}, and the masks that there are.
   */
  boolean zeroUnconditional() {
    return settings.path("unconditional").asText().equals("zero");
  }

  /**
   * Where each channel of the ControlNet is among the samples' structures; -1: not there. Empty for
   * a base without masks.
   */
  List<Integer> channels(Samples samples) {
    if (control == null) {
      return List.of();
    }
    List<String> names = structures.isEmpty() ? samples.structures() : structures;
    return names.stream().map(samples.structures()::indexOf).toList();
  }

  /**
   * Checks that it can read the samples.
   *
   * @throws IllegalArgumentException with all that does not fit
   */
  private void check(Samples samples) {
    var problems = new ArrayList<String>();
    int factor = vae.spatialFactor();
    if (samples.width() % factor != 0 || samples.height() % factor != 0) {
      problems.add(
          "samples of %d x %d (expected: sides that divide by %d)"
              .formatted(samples.width(), samples.height(), factor));
    }
    JsonNode size = settings.path("sizes").path(0);
    if (size.size() == 2
        && (size.path(0).asInt() != samples.width() || size.path(1).asInt() != samples.height())) {
      problems.add(
          "samples of %d x %d (expected: %s x %s, the size it was trained at)"
              .formatted(samples.width(), samples.height(), size.path(0), size.path(1)));
    }
    List<Integer> channels = channels(samples);
    if (control != null && channels.size() != control.conditioningChannels()) {
      problems.add(
          "structures %s (expected: %d, one for each channel of the ControlNet; say them in %s)"
              .formatted(
                  structures.isEmpty() ? samples.structures() : structures,
                  control.conditioningChannels(),
                  DiffusersFolder.SETTINGS));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("base: " + String.join("; ", problems));
    }
  }
}
