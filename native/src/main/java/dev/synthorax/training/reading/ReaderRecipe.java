package dev.synthorax.training.reading;

import dev.synthorax.nn.ClassifierConfig;
import dev.synthorax.nn.ReaderConfig;
import dev.synthorax.nn.SegmentationConfig;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.training.stage.BatchOrder;
import dev.synthorax.training.stage.FlatOptimizer;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Inputs;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.SettingsFile;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.TrainingLoop;
import dev.synthorax.training.stage.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains a network that reads radiographs into {@code 1/model.onnx} and {@code labels.txt}.
 *
 * @param reader the task as its configuration says
 */
public record ReaderRecipe(String name, String summary, Function<Path, ReaderTask> reader)
    implements Recipe {
  public static final ReaderRecipe SEGMENTER =
      new ReaderRecipe(
          "segmenter",
          "masks of structures",
          config -> new ReaderTask.Segmenting((SegmentationConfig) ReaderConfig.read(config, 3)));
  public static final ReaderRecipe CLASSIFIER =
      new ReaderRecipe(
          "classifier",
          "probabilities of findings",
          config -> new ReaderTask.Classifying((ClassifierConfig) ReaderConfig.read(config, 7)));

  private static final String SETTINGS = "recipe.json";
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";

  @Override
  public int revision() {
    return 1;
  }

  @Override
  public List<String> templates() {
    return List.of(SETTINGS, CONFIG);
  }

  @Override
  public Plan plan(Inputs inputs) throws IOException {
    WorkFolder work = inputs.work();
    Samples samples = inputs.samples();
    ReaderSettings settings = SettingsFile.read(work.file(SETTINGS), ReaderSettings.class);
    ReaderTask task = reader.apply(work.file(CONFIG));
    if (settings.labels().size() != task.outputs()) {
      throw new IllegalArgumentException(
          "labels: %s (expected: %d, as many as %s says)"
              .formatted(settings.labels(), task.outputs(), CONFIG));
    }
    task.check(settings.labels(), samples);
    var reading = new Reading(name, task, settings, work);
    return new Plan(
        settings.seed(),
        List.of(reading),
        new Network(task, settings, work.result(name).resolve(WEIGHTS), samples));
  }

  /** The one stage. */
  private record Reading(String name, ReaderTask task, ReaderSettings settings, WorkFolder work)
      implements Stage {
    @Override
    public Identity identify(Identity before) throws IOException {
      return settings
          .stage()
          .identify(before, name)
          .withRecord(name, settings)
          .withRecord("variation", FilmVariation.Strength.DEFAULT)
          .withJson("network", work.json(CONFIG));
    }

    @Override
    public boolean run(StageRun run) throws IOException {
      Samples samples = run.samples();
      BatchOrder order = samples.order(settings.batchSize(), run.seed());
      try (TorchParameters parameters = TorchParameters.create(task.parameters(), run.seed());
          FlatOptimizer optimizer = optimizer(parameters)) {
        TorchOps ops = TorchOps.training(parameters);
        boolean finished =
            new TrainingLoop(run, settings.stage(), optimizer)
                .run(
                    TrainingLoop.Objective.over(
                        samples,
                        order,
                        (_, batch) -> {
                          Tensor images =
                              TorchTensors.floats(
                                  samples.images(batch),
                                  batch.length,
                                  1,
                                  samples.height(),
                                  samples.width());
                          Tensor varied =
                              FilmVariation.apply(images, FilmVariation.Strength.DEFAULT);
                          return task.loss(ops, settings.labels(), samples, batch, varied);
                        }));
        if (finished) {
          // The last values, not their average: the running statistics are those of the values.
          run.finish(
              folder ->
                  parameters.save(
                      folder.resolve(WEIGHTS), ElementType.F32, Map.of("format", "pt")));
        }
        return finished;
      }
    }

    private static FlatOptimizer optimizer(TorchParameters parameters) {
      List<Tensor> statistics =
          parameters.specs().stream()
              .filter(spec -> !spec.learned())
              .map(spec -> parameters.tensor(spec.name()))
              .toList();
      return new FlatOptimizer(
          parameters.trainable(true).learned(),
          statistics,
          List.of(),
          FlatOptimizer.Settings.DEFAULT);
    }
  }

  /** The finished network. */
  private record Network(ReaderTask task, ReaderSettings settings, Path weights, Samples samples)
      implements Result {
    @Override
    public Identity identify(Identity before) {
      return before;
    }

    @Override
    public void write(Path folder) throws IOException {
      Path file = folder.resolve("1").resolve("model.onnx");
      Files.createDirectories(file.getParent());
      task.export(weights, samples.height(), samples.width(), file);
      Files.writeString(folder.resolve("labels.txt"), String.join("\n", settings.labels()) + "\n");
    }
  }
}
