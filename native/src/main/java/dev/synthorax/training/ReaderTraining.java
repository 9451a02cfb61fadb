package dev.synthorax.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.nn.ChestClassifier;
import dev.synthorax.nn.ClassifierConfig;
import dev.synthorax.nn.ParameterSpec;
import dev.synthorax.nn.SegmentationConfig;
import dev.synthorax.nn.SegmentationUNet;
import dev.synthorax.nn.onnx.ReaderExport;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.nn.weights.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Trains the networks that read radiographs: a segmenter of structures, a classifier of findings.
 */
final class ReaderTraining {
  private static final String CONFIG = "config.json";
  private static final String RECIPE = "recipe.json";
  private static final Duration CHECKPOINT_EVERY = Duration.ofMinutes(3);

  private final Path shardFolder;
  private final Path work;
  private final BooleanSupplier stop;
  private final TrainingListener listener;

  ReaderTraining(Path shardFolder, Path work, BooleanSupplier stop, TrainingListener listener) {
    this.shardFolder = shardFolder;
    this.work = work;
    this.stop = stop;
    this.listener = listener;
  }

  /** Trains a segmenter into {@code target/1/model.onnx}; returns whether it is finished. */
  boolean segmenter(Path target) throws IOException {
    Template.copy("segmenter/config.json", work.resolve(CONFIG));
    return run("segmenter", new Segmenting(SegmentationConfig.read(work.resolve(CONFIG))), target);
  }

  /** Trains a classifier into {@code target/1/model.onnx}; returns whether it is finished. */
  boolean classifier(Path target) throws IOException {
    Template.copy("classifier/config.json", work.resolve(CONFIG));
    return run("classifier", new Classifying(ClassifierConfig.read(work.resolve(CONFIG))), target);
  }

  /** One of the two tasks. */
  private interface Task {
    /** Number of things it tells apart. */
    int outputs();

    List<ParameterSpec> parameters();

    /**
     * The loss of a batch.
     *
     * @param labels what the outputs stand for, in order
     * @param images {@code [batch, 1, height, width]}, the samples' own or varied
     */
    Tensor loss(TorchOps ops, List<String> labels, SampleShards shards, int[] batch, Tensor images);

    void export(Path weights, int height, int width, Path file) throws IOException;
  }

  private boolean run(String name, Task task, Path target) throws IOException {
    Template.copy(name + "/recipe.json", work.resolve(RECIPE));
    JsonNode recipe = new ObjectMapper().readTree(Files.readString(work.resolve(RECIPE)));
    var settings = PipelineRecipe.Stage.of(recipe);
    long seed = recipe.required("seed").asLong();
    var labels = new ArrayList<String>();
    recipe.required("labels").forEach(label -> labels.add(label.asText()));
    if (labels.size() != task.outputs()) {
      throw new IllegalArgumentException(
          "labels: %s (expected: %d, as many as %s says)"
              .formatted(labels, task.outputs(), CONFIG));
    }
    try (SampleShards shards = SampleShards.open(shardFolder);
        TorchParameters parameters = TorchParameters.create(task.parameters(), seed);
        FlatOptimizer optimizer = optimizer(parameters)) {
      var order = new BatchOrder(shards.size(), settings.batchSize(), seed);
      TorchOps ops = TorchOps.training(parameters);
      var loop =
          new TrainingLoop(
              "%s %s seed=%d samples=%d".formatted(name, settings, seed, shards.size()),
              seed,
              settings.steps(),
              settings.rate(),
              work.resolve("checkpoint.safetensors"),
              CHECKPOINT_EVERY);
      boolean finished =
          loop.run(
              optimizer,
              step -> {
                int[] batch = order.batch(step);
                Tensor images =
                    TorchTensors.floats(
                        shards.images(batch), batch.length, 1, shards.height(), shards.width());
                return task.loss(ops, labels, shards, batch, FilmVariation.apply(images));
              },
              stop,
              (step, loss, seconds) ->
                  listener.progress(
                      name, step, settings.steps(), loss, settings.batchSize() / seconds));
      if (finished) {
        // The last values, not their average: the running statistics are those of the values.
        Path weights = work.resolve("model.safetensors");
        parameters.save(weights, ElementType.F32, Map.of("format", "pt"));
        Path file = target.resolve("1").resolve("model.onnx");
        task.export(weights, shards.height(), shards.width(), file);
        Files.writeString(target.resolve("labels.txt"), String.join("\n", labels) + "\n");
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
        parameters.trainable(true).learned(), statistics, FlatOptimizer.Settings.DEFAULT);
  }

  private record Segmenting(SegmentationConfig config) implements Task {
    @Override
    public int outputs() {
      return config.structures();
    }

    @Override
    public List<ParameterSpec> parameters() {
      return SegmentationUNet.parameters(config);
    }

    @Override
    public Tensor loss(
        TorchOps ops, List<String> labels, SampleShards shards, int[] batch, Tensor images) {
      if (!labels.equals(shards.structures())) {
        throw new IllegalArgumentException(
            "labels: %s (expected: the shards' structures %s)"
                .formatted(labels, shards.structures()));
      }
      Tensor masks =
          TorchTensors.floats(
              shards.masks(batch), batch.length, outputs(), shards.height(), shards.width());
      Tensor logits = SegmentationUNet.forward(ops, config, images);
      return torch.binary_cross_entropy_with_logits(logits, masks).add(Losses.dice(logits, masks));
    }

    @Override
    public void export(Path weights, int height, int width, Path file) throws IOException {
      ReaderExport.segmenter(config, weights, height, width, file);
    }
  }

  private record Classifying(ClassifierConfig config) implements Task {
    @Override
    public int outputs() {
      return config.findings();
    }

    @Override
    public List<ParameterSpec> parameters() {
      return ChestClassifier.parameters(config);
    }

    @Override
    public Tensor loss(
        TorchOps ops, List<String> labels, SampleShards shards, int[] batch, Tensor images) {
      float[] targets = new float[batch.length * outputs()];
      for (int i = 0; i < batch.length; i++) {
        List<String> findings = shards.labels().get(batch[i]).findings();
        for (int k = 0; k < outputs(); k++) {
          targets[i * outputs() + k] = findings.contains(labels.get(k)) ? 1 : 0;
        }
      }
      Tensor logits = ChestClassifier.forward(ops, config, images);
      return torch.binary_cross_entropy_with_logits(
          logits, TorchTensors.floats(targets, batch.length, outputs()));
    }

    @Override
    public void export(Path weights, int height, int width, Path file) throws IOException {
      ReaderExport.classifier(config, weights, height, width, file);
    }
  }
}
