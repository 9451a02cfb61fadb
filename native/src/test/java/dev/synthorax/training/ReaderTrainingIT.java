package dev.synthorax.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.Reading;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.reading.Films;
import dev.synthorax.training.reading.Reader;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What readers learn, start from, leave behind and refuse. */
final class ReaderTrainingIT {
  private static final String SMALL =
      "{\"_class_name\": \"ChestClassifier\", \"base_channels\": 4, \"stages\": 2,"
          + " \"blocks_per_stage\": 1}";
  private static final String DENSE =
      "{\"_class_name\": \"DenseNet\", \"growth_rate\": 4, \"block_config\": [2, 2],"
          + " \"num_init_features\": 8}";
  private static final String UNET =
      "{\"_class_name\": \"SegmentationUNet\", \"base_channels\": 4, \"levels\": 3}";
  private static final String STILL =
      "{\"contrast\": 0, \"brightness\": 0, \"grain\": 0, \"shift\": 0, \"turn\": 0, \"size\": 0,"
          + " \"flip\": 0}";

  @TempDir Path folder;
  private final List<TrainingEvent> events = new ArrayList<>();

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }

  /** Trains on eight films, and gives the folder of the model. */
  private Path train(String recipe, String name, String config, String settings, Path... base)
      throws IOException {
    Path shards = folder.resolve("shards");
    if (!Files.exists(shards)) {
      Films.write(shards, Films.some(8));
    }
    Path work = folder.resolve(name);
    String labels = recipe.equals("segmenter") ? "\"lungs\", \"heart\"" : "\"edema\", \"effusion\"";
    Map<String, JsonNode> fixed =
        Map.of(
            "recipe",
            json(
                ("{\"labels\": [%s], \"batchSize\": 8, \"warmupSteps\": 2, \"peakLearningRate\":"
                        + " 2e-2, \"variation\": %s, \"heldOut\": {\"share\": 0}, \"publish\":"
                        + " \"last\"}")
                    .formatted(labels, STILL)));
    Work.write(work.resolve("config.json"), config);
    Recipes.layOut(recipe, work, fixed);
    Recipes.layOut(recipe, work, Map.of("recipe", json(settings)));
    Map<String, Path> models = base.length == 0 ? Map.of() : Map.of("base", base[0]);
    new Training(List.of(SampleSource.of(shards)), models, work, 1, () -> false, events::add)
        .run(recipe, work.resolve("out"));
    return work.resolve("out");
  }

  private double loss(Path model) {
    try (PointerScope _ = new PointerScope();
        Samples samples = samples();
        Reader reader = Reader.load(model)) {
      return reader.loss(samples, Films.all(8), images(samples)).item_double();
    }
  }

  @MustBeClosed
  private Samples samples() {
    return Samples.open(List.of(SampleSource.of(folder.resolve("shards"))));
  }

  private static Tensor images(Samples samples) {
    return TorchTensors.floats(
        samples.images(Films.all(samples.size())), samples.size(), 1, Films.SIDE, Films.SIDE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"classifier|" + SMALL, "classifier|" + DENSE, "segmenter|" + UNET},
      quoteCharacter = '`')
  void run_eightSamples_areLearnedByHeart(String recipe, String config) throws IOException {
    Path model = train(recipe, "work", config, "{\"steps\": 100}");

    assertThat(loss(model)).isLessThan(0.15);
    assertThat(Work.contents(model))
        .containsOnlyKeys(
            "1/model.onnx", "config.json", "labels.txt", "model.safetensors", "training.json");
    assertThat(json(Files.readString(model.resolve("config.json"))).findValuesAsText("_class_name"))
        .hasSize(1);
  }

  @Test
  void run_heldOutSamples_areMeasuredAndTheBestIsPublished() throws IOException {
    Path model =
        train(
            "segmenter",
            "work",
            UNET,
            "{\"steps\": 7, \"heldOut\": {\"share\": 0.25, \"everySteps\": 3}, \"publish\":"
                + " \"best\"}");

    List<TrainingEvent.Metrics> told =
        events.stream()
            .filter(TrainingEvent.Metrics.class::isInstance)
            .map(TrainingEvent.Metrics.class::cast)
            .toList();
    assertThat(told).extracting(TrainingEvent.Metrics::step).containsExactly(3L, 6L, 7L);
    assertThat(told.getLast().values().keySet()).contains("loss", "dice", "dice.lungs");
    assertThat(model.resolve("model.safetensors")).isRegularFile();
  }

  @Test
  void load_publishedModel_readsAndLetsGradientsThrough() throws IOException {
    Path model = train("classifier", "work", SMALL, "{\"steps\": 2}");

    try (PointerScope _ = new PointerScope();
        Samples samples = samples();
        Reader reader = Reader.load(model)) {
      Tensor images = images(samples).set_requires_grad(true);
      Reading<Tensor> reading = reader.read(images);
      reading.features().getLast().square().sum().backward();

      assertThat(reader.labels()).containsExactly("edema", "effusion");
      assertThat(reader.config().marks()).isFalse();
      assertThat(TorchTensors.shape(reading.logits())).containsExactly(8, 2);
      assertThat(reading.features()).hasSize(3);
      assertThat(images.grad().abs().sum().item_float()).isPositive();
      assertThat(reader.parameters().learned()).allMatch(parameter -> !parameter.grad().defined());
    }
  }

  @Test
  void run_fromABase_startsWhereItEnded() throws IOException {
    Path base = train("classifier", "base", SMALL, "{\"steps\": 60}");
    String oneStep = "{\"steps\": 1, \"peakLearningRate\": 1e-6}";
    Path bare = folder.resolve("bare");
    Files.createDirectories(bare);
    Files.copy(base.resolve("model.safetensors"), bare.resolve("trained.safetensors"));

    Path tuned = train("classifier", "tuned", SMALL, oneStep, base);
    Path fromBare = train("classifier", "from-bare", SMALL, oneStep, bare);
    Path scratch = train("classifier", "scratch", SMALL, oneStep);

    // a training pass moves running statistics, so not to the last digit
    assertThat(loss(tuned)).isCloseTo(loss(base), within(0.05));
    assertThat(loss(fromBare)).isEqualTo(loss(tuned));
    assertThat(loss(scratch)).isGreaterThan(0.5);
  }

  @Test
  void run_baseOfOtherLabels_needsANewHead() throws IOException {
    Path base = train("classifier", "base", SMALL, "{\"steps\": 1, \"labels\": [\"edema\"]}");

    assertThatThrownBy(() -> train("classifier", "refused", SMALL, "{\"steps\": 1}", base))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "labels: [edema, effusion] (expected: [edema], those of the base; or newHead: true, so"
                + " that the last layer starts anew)");
    Path tuned = train("classifier", "tuned", SMALL, "{\"steps\": 1, \"newHead\": true}", base);
    try (Reader reader = Reader.load(tuned)) {
      assertThat(reader.labels()).hasSize(2);
    }
  }

  @Test
  void run_baseOfOtherShapes_namesThemAll() throws IOException {
    Path base = train("classifier", "base", SMALL, "{\"steps\": 1}");
    String wider = SMALL.replace("\"base_channels\": 4", "\"base_channels\": 6");

    assertThatThrownBy(() -> train("classifier", "refused", wider, "{\"steps\": 1}", base))
        .isInstanceOf(InferenceException.class)
        .hasMessageContainingAll(
            "model.safetensors: ",
            "tensor stem.conv.weight has shape [4, 1, 3, 3] (expected: [6, 1, 3, 3])",
            "tensor stages.1.0.skip.weight has shape",
            "tensor head.weight has shape [2, 16] (expected: [2, 24])")
        .message()
        .doesNotContain("\n");
    assertThatThrownBy(() -> train("classifier", "dense", DENSE, "{\"steps\": 1}", base))
        .hasMessageContaining("of a network with ClassifierConfig (expected: DenseNetConfig");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "classifier|" + SMALL + "|{\"labels\": [\"nodule\"]}|nodule: no sample has it",
        "classifier|"
            + UNET
            + "|{}|_class_name of a network that marks structures (expected: Chest",
        "classifier|{\"_class_name\": \"Dense\"}|{}|_class_name is Dense (expected:"
            + " ChestClassifier, Dense",
        "classifier|{\"_class_name\": \"ChestClassifier\", \"findings\": 7}|{}|as config.json says"
            + " with findings",
        "classifier|" + SMALL + "|{\"newHead\": true}|newHead: true without a model to start from",
        "classifier|" + SMALL + "|{\"publish\": \"best\"}|publish: best, and no sample is held out",
        "segmenter|"
            + UNET
            + "|{\"labels\": [\"lungs\", \"ribs\"]}|ribs: no sample has a mask of it",
        "segmenter|{\"_class_name\": \"SegmentationUNet\", \"levels\": 6}|{\"batchSize\": 0}|steps"
            + " 800, batchSize 0",
      })
  void run_wrongInput_isOneLineBeforeAnythingIsComputed(
      String recipe, String config, String settings, String message) {
    assertThatThrownBy(() -> train(recipe, "work", config, settings))
        .isInstanceOf(RuntimeException.class)
        .message()
        .contains(message)
        .doesNotContain("\n");
    assertThat(events).isEmpty();
  }

  @Test
  void run_sidesThatDoNotDivide_sayWhatDoes() throws IOException {
    String deep =
        "{\"_class_name\": \"DenseNet\", \"block_config\": [1, 1, 1, 1, 1], \"growth_rate\": 2}";

    assertThatThrownBy(() -> train("classifier", "work", deep, "{}"))
        .hasMessage(
            "samples: images of 32 x 32 (expected: sides that divide by 64, for the network of"
                + " config.json)");
  }
}
