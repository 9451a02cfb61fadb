package dev.synthorax.training.drawing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.synthorax.files.Sha256;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.training.drawing.DenoiserStage.Kind;
import dev.synthorax.training.drawing.PipelineDraft.Network;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Inputs;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.SettingsFile;
import dev.synthorax.training.stage.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Trains a text- and mask-conditioned diffusion pipeline: vocabulary, autoencoder, latents,
 * denoiser on text, denoiser and ControlNet on text and masks.
 */
public final class PipelineRecipe implements Recipe {
  private static final String SETTINGS = "recipe.json";

  @Override
  public String name() {
    return "cxr-mini";
  }

  @Override
  public String summary() {
    return "a whole diffusion pipeline";
  }

  @Override
  public int revision() {
    return 1;
  }

  @Override
  public List<String> templates() {
    return Stream.concat(Stream.of(SETTINGS), PipelineDraft.files().stream()).toList();
  }

  @Override
  public Plan plan(Inputs inputs) throws IOException {
    WorkFolder work = inputs.work();
    Samples samples = inputs.samples();
    var draft = new PipelineDraft(work);
    PipelineSettings settings = SettingsFile.read(work.file(SETTINGS), PipelineSettings.class);
    int channels = draft.controlNet().conditioningChannels();
    if (channels != samples.structures().size()) {
      throw new IllegalArgumentException(
          "conditioning_channels of the ControlNet: %d (expected: %d, one for each structure of the samples)"
              .formatted(channels, samples.structures().size()));
    }
    var stages = new ArrayList<Stage>();
    stages.add(new VocabularyStage(draft, settings.maxTokens()));
    for (int i = 0; i < settings.autoencoder().size(); i++) {
      stages.add(new AutoencoderStage(draft, i, settings.autoencoder().get(i)));
    }
    String autoencoder = stages.getLast().name();
    stages.add(new LatentStage(draft, autoencoder));
    stages.add(new DenoiserStage(draft, Kind.DIFFUSION, settings.diffusion()));
    stages.add(new DenoiserStage(draft, Kind.CONTROL, settings.control()));
    stages.add(new DenoiserStage(draft, Kind.LAYOUT, settings.layout()));
    return new Plan(settings.seed(), stages, new Pipeline(draft, work, autoencoder));
  }

  /** The finished pipeline in the diffusers layout, with FP16 weights. */
  private record Pipeline(PipelineDraft draft, WorkFolder work, String autoencoder)
      implements Result {
    private static final String CONFIG_NUMBER = "scaling_factor";

    @Override
    public Identity identify(Identity before) throws IOException {
      Identity identity = before;
      for (String file : PipelineDraft.SHARED_FILES) {
        identity = identity.withDigest(file, Sha256.hex(draft.file(file)));
      }
      return identity;
    }

    @Override
    public void write(Path folder) throws IOException {
      for (Network network : Network.values()) {
        Path config = folder.resolve(network.config());
        Files.createDirectories(config.getParent());
        Files.copy(draft.file(network.config()), config);
        String stage = network == Network.VAE ? autoencoder : Kind.LAYOUT.stage();
        try (TorchParameters parameters = draft.load(network, stage)) {
          parameters.save(
              folder.resolve(network.weights()), ElementType.F16, Map.of("format", "pt"));
        }
      }
      try (LatentCache latents = LatentCache.open(work)) {
        setNumber(folder.resolve(Network.VAE.config()), CONFIG_NUMBER, latents.scalingFactor());
      }
      for (String file : PipelineDraft.SHARED_FILES) {
        Path target = folder.resolve(file);
        Files.createDirectories(target.getParent());
        Files.copy(draft.file(file), target);
      }
      Path tokenizer = Files.createDirectories(folder.resolve("tokenizer"));
      for (String file : VocabularyStage.FILES) {
        Files.copy(work.result(VocabularyStage.NAME).resolve(file), tokenizer.resolve(file));
      }
    }

    private static void setNumber(Path config, String field, double value) throws IOException {
      var mapper = new ObjectMapper();
      var json = (ObjectNode) mapper.readTree(Files.readString(config));
      json.put(field, value);
      Files.writeString(
          config, mapper.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }
  }
}
