package dev.synthorax.training.drawing;

import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.training.stage.Inputs;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.Roles;
import dev.synthorax.training.stage.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Trains a diffusion pipeline or a part of one, from new or from a base: an autoencoder; a denoiser
 * on text, in the latents of the base's autoencoder; a ControlNet on the base's denoiser; or all of
 * these in a row, which is the same stages with the same settings.
 *
 * @param name what people call it
 * @param summary what comes out
 * @param extent which part
 */
public record DrawingRecipe(String name, String summary, Extent extent) implements Recipe {
  /** A whole pipeline from nothing, or on with one. */
  public static final DrawingRecipe PIPELINE =
      new DrawingRecipe("cxr-mini", "a whole diffusion pipeline", Extent.PIPELINE);

  /** Images to latents and back. */
  public static final DrawingRecipe AUTOENCODER =
      new DrawingRecipe("autoencoder", "images to latents and back", Extent.AUTOENCODER);

  /** A pipeline on text alone. */
  public static final DrawingRecipe LATENT_DIFFUSION =
      new DrawingRecipe("latent-diffusion", "a pipeline on text", Extent.DIFFUSION);

  /** A pipeline that goes by masks as well. */
  public static final DrawingRecipe MASK_CONTROL =
      new DrawingRecipe("mask-control", "a ControlNet for a pipeline on text", Extent.CONTROL);

  private static final String SETTINGS = "recipe.json";

  /** Which part of a pipeline is trained. */
  enum Extent {
    AUTOENCODER,
    DIFFUSION,
    CONTROL,
    PIPELINE;

    boolean autoencodes() {
      return this == AUTOENCODER || this == PIPELINE;
    }

    boolean denoises() {
      return this == DIFFUSION || this == PIPELINE;
    }

    boolean controls() {
      return this == CONTROL || this == PIPELINE;
    }

    /** What the base must have. */
    private List<Component> needed() {
      return switch (this) {
        case AUTOENCODER, PIPELINE -> List.of();
        case DIFFUSION -> List.of(Component.VAE);
        case CONTROL -> List.of(Component.VAE, Component.UNET, Component.TEXT_ENCODER);
      };
    }
  }

  @Override
  public int revision() {
    return 2;
  }

  @Override
  public Roles roles() {
    List<String> base = List.of(Roles.BASE);
    return extent.needed().isEmpty() ? new Roles(List.of(), base) : new Roles(base, List.of());
  }

  @Override
  public List<String> templates() {
    var files = new ArrayList<>(List.of(SETTINGS));
    if (extent.autoencodes()) {
      files.add(config(Component.VAE));
    }
    if (extent.denoises()) {
      files.add(config(Component.UNET));
      files.add(config(Component.TEXT_ENCODER));
      files.add(PipelineDraft.FOLDER + "/scheduler/scheduler_config.json");
    }
    if (extent.controls()) {
      files.add(config(Component.CONTROLNET));
    }
    if (extent != Extent.AUTOENCODER) {
      files.add(PipelineDraft.FOLDER + "/model_index.json");
      files.add(PipelineDraft.FOLDER + "/" + DiffusersFolder.SETTINGS);
    }
    return List.copyOf(files);
  }

  private static String config(Component component) {
    return PipelineDraft.FOLDER + "/" + component.folder() + "/config.json";
  }

  /** Its own where there is one, or that of the whole pipeline. */
  @Override
  public String template(String file) {
    String own = name + "/" + file;
    boolean there = Recipe.class.getResource("/dev/synthorax/training/" + own) != null;
    return there ? own : PIPELINE.name() + "/" + file;
  }

  @Override
  public Plan plan(Inputs inputs) throws IOException {
    var draft = PipelineDraft.of(inputs);
    DrawingSettings settings = DrawingSettings.read(inputs.work().file(SETTINGS), extent);
    requireBase(draft);
    requireFits(draft, settings, inputs.samples());
    var stages = new ArrayList<Stage>();
    Map<Component, String> trained = new EnumMap<>(Component.class);
    if (extent.denoises() && !draft.hasTokenizer()) {
      stages.add(new VocabularyStage(draft, settings.maxTokens(), settings.captions()));
    }
    if (settings.autoencoder() != null) {
      addAutoencoder(
          stages, trained, draft, AutoencoderStage.Part.AUTOENCODER, settings.autoencoder());
    }
    if (extent != Extent.AUTOENCODER || draft.baseOf(Component.VAE) == null) {
      stages.add(new LatentStage(draft, Map.copyOf(trained)));
    }
    if (settings.diffusion() != null) {
      addDenoiser(
          stages,
          trained,
          new DenoiserStage(draft, settings.diffusion(), settings.captions(), List.of(), trained));
    }
    if (settings.control() != null) {
      addDenoiser(
          stages,
          trained,
          new DenoiserStage(
              draft, settings.control(), settings.captions(), settings.structures(), trained));
    }
    addAutoencoder(stages, trained, draft, AutoencoderStage.Part.DECODER, settings.decoder());
    var result =
        new DrawnPipeline(
            draft, extent, settings.structures(), inputs.samples(), Map.copyOf(trained));
    return new Plan(settings.seed(), stages, result);
  }

  private static void addAutoencoder(
      List<Stage> stages,
      Map<Component, String> trained,
      PipelineDraft draft,
      AutoencoderStage.Part part,
      List<DrawingSettings.AutoencoderPhase> phases) {
    for (int i = 0; i < phases.size(); i++) {
      var stage = new AutoencoderStage(draft, part, i, trained.get(Component.VAE), phases.get(i));
      stages.add(stage);
      trained.put(Component.VAE, stage.name());
    }
  }

  private static void addDenoiser(
      List<Stage> stages, Map<Component, String> trained, DenoiserStage stage) {
    stages.add(stage);
    stage.learned().forEach(component -> trained.put(component, stage.name()));
  }

  private void requireBase(PipelineDraft draft) {
    var missing = new ArrayList<String>();
    for (Component component : extent.needed()) {
      if (draft.baseOf(component) == null) {
        missing.add(component.folder());
      }
    }
    if (extent == Extent.CONTROL && !draft.hasTokenizer()) {
      missing.add("tokenizer");
    }
    if (extent == Extent.CONTROL && !draft.hasSchedule()) {
      missing.add("scheduler");
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "base: %s without %s (expected: a folder in the diffusers layout with them)"
              .formatted(draft.baseRoot(), String.join(", ", missing)));
    }
  }

  private void requireFits(PipelineDraft draft, DrawingSettings settings, Samples samples)
      throws IOException {
    int factor = draft.autoencoder().spatialFactor();
    if (samples.width() % factor != 0 || samples.height() % factor != 0) {
      throw new IllegalArgumentException(
          "images of %d x %d (expected: sides that divide by %d, as the autoencoder says)"
              .formatted(samples.width(), samples.height(), factor));
    }
    var phases = new ArrayList<>(settings.decoder());
    if (settings.autoencoder() != null) {
      phases.addAll(settings.autoencoder());
    }
    for (DrawingSettings.AutoencoderPhase phase : phases) {
      int side = Math.min(samples.width(), samples.height());
      if (phase.crop() < side && phase.crop() % factor != 0) {
        throw new IllegalArgumentException(
            "crop: %d (expected: a multiple of %d, as the autoencoder says)"
                .formatted(phase.crop(), factor));
      }
    }
    if (settings.control() != null) {
      requireMasks(draft, settings.structures(), samples);
    }
  }

  private static void requireMasks(PipelineDraft draft, List<String> structures, Samples samples)
      throws IOException {
    if (structures.isEmpty() || !samples.structures().containsAll(structures)) {
      throw new IllegalArgumentException(
          "structures: %s (expected: some of the samples' structures %s)"
              .formatted(structures, samples.structures()));
    }
    int channels = draft.controlNet().conditioningChannels();
    if (channels != structures.size()) {
      throw new IllegalArgumentException(
          "conditioning_channels of the ControlNet: %d (expected: %d, one for each of the structures %s)"
              .formatted(channels, structures.size(), structures));
    }
  }
}
