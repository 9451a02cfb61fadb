package dev.synthorax.training.drawing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.synthorax.files.Sha256;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.ModelFile;
import dev.synthorax.nn.weights.WeightFiles;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The finished pipeline in the diffusers layout: what was trained, with FP16 weights, and what its
 * base had beside it, as it was. An autoencoder without a base is its folder alone.
 *
 * @param structures of the masks; empty: no ControlNet was trained
 * @param samples of the training: their size is what the pipeline draws
 * @param trained stages by what they trained
 */
record DrawnPipeline(
    PipelineDraft draft,
    DrawingRecipe.Extent extent,
    List<String> structures,
    Samples samples,
    Map<Component, String> trained)
    implements Recipe.Result {
  private static final String SCALING_FACTOR = "scaling_factor";
  private static final String INDEX = "model_index.json";

  @Override
  public Identity identify(Identity before) throws IOException {
    Identity identity = before;
    for (ModelFile file : List.of(index(), settings())) {
      if (file.exists()) {
        identity =
            identity.withDigest(file.path().getFileName().toString(), Sha256.hex(file.path()));
      }
    }
    return identity;
  }

  /** The recipe's own where it has one, or the base's. */
  private ModelFile index() {
    return either(draft.own().index(), INDEX);
  }

  private ModelFile settings() {
    return either(draft.own().settings(), DiffusersFolder.SETTINGS);
  }

  private ModelFile either(ModelFile own, String name) {
    DiffusersFolder base = draft.base();
    return own.exists() || base == null ? own : base.root().resolve(name);
  }

  @Override
  public void write(Path folder) throws IOException {
    for (Component component : Component.values()) {
      if (trained.containsKey(component)) {
        writeTrained(component, folder);
      } else if (draft.baseOf(component) != null && !dropped(component)) {
        copyBase(component, folder);
      }
    }
    copyFolder(draft.tokenizer(), folder.resolve("tokenizer"));
    ModelFile schedule = draft.schedulerConfig();
    if (schedule.exists()) {
      copy(schedule, folder.resolve("scheduler").resolve(schedule.path().getFileName()));
    }
    if (index().exists()) {
      copy(index(), folder.resolve(INDEX));
    }
    if (settings().exists()) {
      writeSettings(folder.resolve(DiffusersFolder.SETTINGS));
    }
  }

  /** A ControlNet of the base belongs to the base's U-Net. */
  private boolean dropped(Component component) {
    return component == Component.CONTROLNET && extent == DrawingRecipe.Extent.DIFFUSION;
  }

  private void writeTrained(Component component, Path folder) throws IOException {
    var saved = DiffusersFolder.of(folder);
    Path config = saved.config(component).path();
    Files.createDirectories(config.getParent());
    var json = (ObjectNode) draft.config(component);
    if (component == Component.VAE && draft.baseOf(component) == null) {
      try (LatentCache latents = LatentCache.open(draft.work())) {
        json.put(SCALING_FACTOR, latents.scalingFactor());
      }
    }
    Files.writeString(config, json.toPrettyString() + "\n");
    try (TorchParameters parameters = draft.open(component, trained, 0)) {
      parameters.save(
          saved.savedWeights(component).path(), ElementType.F16, Map.of("format", "pt"));
    }
  }

  private void copyBase(Component component, Path folder) throws IOException {
    DiffusersFolder base = draft.baseOf(component);
    if (base == null) {
      return;
    }
    WeightFiles weights = base.weights(component);
    var files = new ArrayList<>(List.of(base.config(component)));
    files.addAll(weights.files());
    ModelFile index = weights.index();
    if (index != null) {
      files.add(index);
    }
    for (ModelFile file : files) {
      copy(file, folder.resolve(component.folder()).resolve(file.path().getFileName()));
    }
  }

  private static void copyFolder(ModelFile from, Path to) throws IOException {
    for (ModelFile file : from.files()) {
      if (!file.isFolder() && !file.path().endsWith("identity.json")) {
        copy(file, to.resolve(file.path().getFileName()));
      }
    }
  }

  private static void copy(ModelFile from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from.path(), to);
  }

  /** What follows from the training is set in the settings: the size, and the masks' structures. */
  private void writeSettings(Path file) throws IOException {
    boolean masks = trained.containsKey(Component.CONTROLNET);
    boolean kept = extent == DrawingRecipe.Extent.AUTOENCODER;
    String text =
        Files.readString(settings().path())
            .lines()
            .filter(line -> kept || masks || !line.startsWith("structures:"))
            .map(
                line ->
                    kept
                        ? line
                        : line.startsWith("sizes:")
                            ? "sizes: [[%d, %d]]".formatted(samples.width(), samples.height())
                            : line.startsWith("structures:") ? "structures: " + structures : line)
            .collect(Collectors.joining("\n"));
    Files.writeString(file, text + "\n");
  }
}
