package dev.synthorax.training.tuning;

import dev.synthorax.files.Sha256;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.ModelFile;
import dev.synthorax.nn.weights.WeightFiles;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Recipe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * The base with its tuned networks in FP16; everything else is copied byte for byte.
 *
 * @param trained the stage's results
 * @param learned networks that are taken from there
 * @param rewritten files with another text than the base's, by name
 */
record TunedPipeline(
    BasePipeline base, Path trained, Set<Component> learned, Map<String, String> rewritten)
    implements Recipe.Result {
  @Override
  public Identity identify(Identity before) {
    Identity identity = before;
    for (String name : rewritten.keySet().stream().sorted().toList()) {
      byte[] text = rewritten.getOrDefault(name, "").getBytes(StandardCharsets.UTF_8);
      identity = identity.withDigest(name, Sha256.hex(text));
    }
    return identity;
  }

  @Override
  public void write(Path folder) throws IOException {
    DiffusersFolder from = base.folder();
    DiffusersFolder to = DiffusersFolder.of(folder);
    copy(from.index(), to.index());
    copy(from.settings(), to.settings());
    for (ModelFile file : from.tokenizer().files()) {
      copy(file, to.tokenizer().resolve(String.valueOf(file.path().getFileName())));
    }
    copy(from.schedulerConfig(), to.schedulerConfig());
    for (Component component : from.components()) {
      copy(from.config(component), to.config(component));
      if (learned.contains(component)) {
        save(component, to.savedWeights(component).path());
      } else {
        WeightFiles weights = from.weights(component);
        if (weights.index() != null) {
          copy(weights.index(), sibling(weights.index(), to.config(component)));
        }
        for (ModelFile file : weights.files()) {
          copy(file, sibling(file, to.config(component)));
        }
      }
    }
    for (Map.Entry<String, String> file : rewritten.entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
  }

  private static ModelFile sibling(ModelFile file, ModelFile beside) {
    return beside.sibling(String.valueOf(file.path().getFileName()));
  }

  private static void copy(ModelFile from, ModelFile to) throws IOException {
    if (from.exists() && !from.isFolder()) {
      Files.createDirectories(to.path().resolveSibling(""));
      Files.copy(from.path(), to.path());
    }
  }

  private void save(Component component, Path file) throws IOException {
    try (TorchParameters parameters =
        TorchParameters.load(
            base.folder().parameters(component), trained.resolve(TuningStage.file(component)))) {
      parameters.save(file, ElementType.F16, Map.of("format", "pt"));
    }
  }
}
