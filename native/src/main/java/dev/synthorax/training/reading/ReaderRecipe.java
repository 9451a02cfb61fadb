package dev.synthorax.training.reading;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.synthorax.engine.Precision;
import dev.synthorax.nn.ReaderConfig;
import dev.synthorax.nn.ReaderGraph;
import dev.synthorax.nn.onnx.OnnxExport;
import dev.synthorax.nn.weights.ModelWeights;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Inputs;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.Roles;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.SettingsFile;
import dev.synthorax.training.stage.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Trains a network that reads radiographs, from scratch or from another one, into {@code
 * 1/model.onnx} and {@code labels.txt}, which are served, and {@code config.json} and {@code
 * model.safetensors}, from which trainings go on.
 *
 * @param marks whether it marks structures, or finds findings
 */
public record ReaderRecipe(String name, String summary, boolean marks) implements Recipe {
  public static final ReaderRecipe SEGMENTER =
      new ReaderRecipe("segmenter", "masks of structures", true);
  public static final ReaderRecipe CLASSIFIER =
      new ReaderRecipe("classifier", "probabilities of findings", false);

  private static final String SETTINGS = "recipe.json";

  @Override
  public int revision() {
    return 2;
  }

  @Override
  public List<String> templates() {
    return List.of(SETTINGS, Reader.CONFIG);
  }

  @Override
  public Roles roles() {
    return new Roles(List.of(), List.of(Roles.BASE));
  }

  @Override
  public Plan plan(Inputs inputs) throws IOException {
    WorkFolder work = inputs.work();
    Samples samples = inputs.samples();
    ReaderSettings settings = SettingsFile.read(work.file(SETTINGS), ReaderSettings.class);
    ReaderConfig config = ReaderConfig.read(work.file(Reader.CONFIG), settings.labels().size());
    requireFits(config, settings, samples);
    Split split = Split.of(samples, settings.heldOut(), settings.seed());
    requireSamples(settings, split);
    ReaderTask task = ReaderTask.of(config, settings.labels());
    task.check(samples, split.learned());
    ReaderBase base = ReaderBase.of(inputs.model(Roles.BASE), config, settings);
    return new Plan(
        settings.seed(),
        List.of(
            new ReaderStage(name, config, task, settings, split, base, work.json(Reader.CONFIG))),
        new Network(name, config, settings, work, samples));
  }

  private void requireFits(ReaderConfig config, ReaderSettings settings, Samples samples) {
    if (config.marks() != marks) {
      throw new IllegalArgumentException(
          "%s: _class_name of a network that %s (expected: %s)"
              .formatted(
                  Reader.CONFIG,
                  config.marks() ? "marks structures" : "finds findings",
                  marks ? "SegmentationUNet" : "ChestClassifier or DenseNet"));
    }
    if (settings.labels().size() != config.outputs()) {
      throw new IllegalArgumentException(
          "labels: %s (expected: %d, as %s says with %s; leave that out)"
              .formatted(
                  settings.labels(), config.outputs(), Reader.CONFIG, config.outputsField()));
    }
    if (samples.width() % config.factor() != 0 || samples.height() % config.factor() != 0) {
      throw new IllegalArgumentException(
          "samples: images of %d x %d (expected: sides that divide by %d, for the network of %s)"
              .formatted(samples.width(), samples.height(), config.factor(), Reader.CONFIG));
    }
  }

  private static void requireSamples(ReaderSettings settings, Split split) {
    if (split.learned().length == 0) {
      throw new IllegalArgumentException(
          "samples: none to learn from (expected: some whose attribute split is neither validation"
              + " nor test)");
    }
    if (split.heldOut().length == 0 && settings.publish() == ReaderSettings.Publish.BEST) {
      throw new IllegalArgumentException(
          "publish: best, and no sample is held out (expected: last, or heldOut.share above 0)");
    }
  }

  /** The finished network. */
  private record Network(
      String stage, ReaderConfig config, ReaderSettings settings, WorkFolder work, Samples samples)
      implements Result {
    @Override
    public Identity identify(Identity before) {
      return before;
    }

    @Override
    public void write(Path folder) throws IOException {
      Path weights = work.result(stage).resolve(Reader.WEIGHTS);
      Path graph = folder.resolve("1").resolve("model.onnx");
      Files.createDirectories(graph.getParent());
      var network = new ReaderGraph(config, samples.height(), samples.width(), Precision.FP32);
      try (ModelWeights trained = ModelWeights.open(weights)) {
        OnnxExport.writeWhole(network, trained, graph);
      }
      Files.copy(weights, folder.resolve(Reader.WEIGHTS));
      ObjectNode json = (ObjectNode) work.json(Reader.CONFIG);
      json.put(config.outputsField(), config.outputs());
      Files.writeString(
          folder.resolve(Reader.CONFIG),
          new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
      Files.writeString(folder.resolve(Reader.LABELS), String.join("\n", settings.labels()) + "\n");
    }
  }
}
