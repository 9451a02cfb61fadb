package dev.synthorax.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.files.Mortal;
import dev.synthorax.files.MortalFileSystem;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.SafetensorsFile;
import dev.synthorax.training.stage.Pace;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The listed recipes at a size that takes seconds. */
final class TrainingIT {
  @TempDir Path folder;
  private Path shards = Path.of("");
  private final List<TrainingEvent> events = new ArrayList<>();

  @BeforeEach
  void writeShards() throws IOException {
    shards = Work.writeShards(folder.resolve("shards"));
  }

  /** Saves after every step. */
  private static Pace often() {
    var nanos = new AtomicLong();
    return new Pace(() -> nanos.addAndGet(1), Duration.ofNanos(1), Duration.ofNanos(1));
  }

  private boolean train(String recipe, Path work, BooleanSupplier stop) throws IOException {
    return new Training(List.of(SampleSource.of(shards)), Map.of(), work, 1, stop, events::add)
        .at(often())
        .run(recipe, work.resolve("out"));
  }

  private Path layOut(String recipe, String name, int steps) throws IOException {
    Path work = folder.resolve(name);
    switch (recipe) {
      case "cxr-mini" -> Work.layOutPipeline(work, steps);
      default ->
          Recipes.layOut(
              recipe,
              work,
              Map.of(
                  "recipe",
                  new ObjectMapper()
                      .readTree(
                          """
                          {"steps": %d, "batchSize": 2, "warmupSteps": 1, "heldOut": {"everySteps": 2}}
                          """
                              .formatted(steps)),
                  "config",
                  new ObjectMapper().readTree("{\"base_channels\": 4}")));
    }
    return work;
  }

  @ParameterizedTest
  @ValueSource(strings = {"cxr-mini", "segmenter", "classifier"})
  void run_stoppedAndResumed_endsLikeAnUnbrokenRun(String recipe) throws IOException {
    Path straight = layOut(recipe, "straight", 5);
    Path broken = layOut(recipe, "broken", 5);

    boolean finished = train(recipe, straight, () -> false);
    int runs = 0;
    boolean resumed = false;
    while (!resumed && runs < 50) {
      var asked = new AtomicInteger();
      resumed = train(recipe, broken, () -> asked.incrementAndGet() > 4);
      runs++;
    }

    assertThat(finished).isTrue();
    assertThat(resumed).isTrue();
    assertThat(runs).isGreaterThan(1);
    assertThat(Work.contents(broken.resolve("out")))
        .isEqualTo(Work.contents(straight.resolve("out")));
    assertThat(events).hasAtLeastOneElementOfType(TrainingEvent.Resumed.class);
  }

  /** Each start dies a little later than the one before; none may leave a broken state. */
  @ParameterizedTest
  @ValueSource(strings = {"cxr-mini", "segmenter", "classifier"})
  void run_killedAgainAndAgain_endsLikeAnUnbrokenRun(String recipe) throws IOException {
    Path straight = layOut(recipe, "straight", 2);
    Path broken = layOut(recipe, "broken", 2);
    train(recipe, straight, () -> false);

    int later = recipe.equals("cxr-mini") ? 7 : 4;
    int deaths = 0;
    boolean finished = false;
    while (!finished && deaths < 100) {
      Mortal mortal = Mortal.dyingBefore(4 + later * deaths);
      try {
        finished = train(recipe, MortalFileSystem.of(mortal, broken), () -> false);
      } catch (Mortal.Death e) {
        deaths++;
      }
    }

    assertThat(finished).isTrue();
    assertThat(deaths).isGreaterThan(9);
    assertThat(Work.contents(broken.resolve("out")))
        .isEqualTo(Work.contents(straight.resolve("out")));
  }

  @Test
  void run_pipelineFinished_publishesHalfPrecisionThatMoved() throws IOException {
    Path work = layOut("cxr-mini", "work", 2);

    train("cxr-mini", work, () -> false);

    assertThat(Work.contents(work.resolve("out")))
        .containsOnlyKeys(
            "controlnet/config.json",
            "controlnet/diffusion_pytorch_model.safetensors",
            "model_index.json",
            "scheduler/scheduler_config.json",
            "synthorax.yaml",
            "text_encoder/config.json",
            "text_encoder/model.safetensors",
            "tokenizer/merges.txt",
            "tokenizer/special_tokens_map.json",
            "tokenizer/tokenizer_config.json",
            "tokenizer/vocab.json",
            "training.json",
            "unet/config.json",
            "unet/diffusion_pytorch_model.safetensors",
            "vae/config.json",
            "vae/diffusion_pytorch_model.safetensors");
    Path control = work.resolve("out/controlnet/diffusion_pytorch_model.safetensors");
    try (SafetensorsFile file = SafetensorsFile.open(control)) {
      var zeroConvolution = file.tensor("controlnet_mid_block.weight");
      assertThat(zeroConvolution.type()).isEqualTo(ElementType.F16);
      byte[] bytes = zeroConvolution.data().toArray(ValueLayout.JAVA_BYTE);
      assertThat(bytes).as("the zero convolution learned").isNotEqualTo(new byte[bytes.length]);
    }
  }

  @Test
  void run_laterStageChanged_keepsTheEarlierAndRefusesTheStage() throws IOException {
    Path work = layOut("cxr-mini", "work", 1);
    train("cxr-mini", work, () -> false);
    Path config = work.resolve("pipeline/controlnet/config.json");
    Files.writeString(config, Files.readString(config).replace("[4, 4, 8, 8]", "[4, 8, 8, 8]"));

    assertThatThrownBy(() -> train("cxr-mini", work, () -> false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll(
            "run/control: of another run",
            "controlnet.conditioning_embedding_out_channels was [4,4,8,8], now [4,8,8,8]",
            "take another work folder");
  }

  @Test
  void run_latentsOfAnotherRun_areRefused() throws IOException {
    Path work = layOut("cxr-mini", "work", 1);
    train("cxr-mini", work, () -> false);
    Path recipe = work.resolve("recipe.json");
    Files.writeString(
        recipe, Files.readString(recipe).replace("\"criticWeight\": 0.1", "\"criticWeight\": 2"));

    assertThatThrownBy(() -> train("cxr-mini", work, () -> false))
        .hasMessageContaining("autoencoder[1].criticWeight was 0.1, now 2.0");
  }
}
