package dev.synthorax.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.nn.weights.SafetensorsFile;
import dev.synthorax.nn.weights.SafetensorsWriter;
import dev.synthorax.nn.weights.StoredTensor;
import dev.synthorax.training.stage.Pace;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts of a pipeline, each from a base, at a size that takes seconds. */
final class DrawingRecipesIT {
  @TempDir Path folder;
  private Path shards = Path.of("");
  private final List<TrainingEvent> events = new ArrayList<>();

  @BeforeEach
  void writeShards() throws IOException {
    shards = Work.writeShards(folder.resolve("shards"), 8);
  }

  private static Pace often() {
    var nanos = new AtomicLong();
    return new Pace(() -> nanos.addAndGet(1), Duration.ofNanos(1), Duration.ofNanos(100));
  }

  private boolean train(String recipe, Path work, Map<String, Path> models, BooleanSupplier stop)
      throws IOException {
    return new Training(List.of(SampleSource.of(shards)), models, work, 1, stop, events::add)
        .at(often())
        .run(recipe, work.resolve("out"));
  }

  private Path train(String recipe, Path work, Map<String, Path> models) throws IOException {
    assertThat(train(recipe, work, models, () -> false)).isTrue();
    return work.resolve("out");
  }

  private Path layOut(String recipe, String name, int steps) throws IOException {
    Path work = folder.resolve(name);
    Work.layOutNetworks(work);
    Work.write(
        work.resolve("recipe.json"),
        switch (recipe) {
          case "autoencoder" ->
              "{\"seed\": 7, \"autoencoder\": [%s], \"decoder\": []}"
                  .formatted(Work.autoencoderPhase(steps, 16, 0.01));
          case "latent-diffusion" ->
              "{\"seed\": 7, \"maxTokens\": 600, %s, \"diffusion\": %s}"
                  .formatted(Work.CAPTIONS, Work.denoising(steps, "unet", "text_encoder"));
          default ->
              "{\"seed\": 7, %s, \"structures\": [\"heart\", \"lungs\", \"pneumothorax\"], \"control\": %s}"
                  .formatted(
                      Work.CAPTIONS,
                      steps > 2
                          ? Work.denoising(steps, "controlnet", "unet", "text_encoder")
                          : Work.denoising(steps, "controlnet"));
        });
    return work;
  }

  /** What a recipe starts from: the results of those before it. */
  private Map<String, Path> base(String recipe) throws IOException {
    if (recipe.equals("autoencoder")) {
      return Map.of();
    }
    String before = recipe.equals("mask-control") ? "latent-diffusion" : "autoencoder";
    Path out = train(before, layOut(before, "base-" + before, 2), base(before));
    if (before.equals("autoencoder")) {
      makeLatentsSure(out.resolve("vae/diffusion_pytorch_model.safetensors"));
    }
    return Map.of("base", out);
  }

  /** Latents whose deviation is next to nothing, as after a long training. */
  private static void makeLatentsSure(Path weights) throws IOException {
    var writer = new SafetensorsWriter();
    try (SafetensorsFile file = SafetensorsFile.open(weights)) {
      for (String name : file.names()) {
        StoredTensor tensor = file.tensor(name);
        byte[] bytes = tensor.data().toArray(ValueLayout.JAVA_BYTE);
        if (name.equals("quant_conv.bias")) {
          for (int i = bytes.length / 2; i < bytes.length; i += Short.BYTES) {
            bytes[i] = 0; // -10 in FP16
            bytes[i + 1] = (byte) 0xC9;
          }
        }
        writer.add(name, tensor.type(), tensor.shape(), MemorySegment.ofArray(bytes));
      }
      writer.write(weights);
    }
  }

  private static Set<String> files(Path out) throws IOException {
    return new TreeSet<>(Work.contents(out).keySet());
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(Files.readString(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"autoencoder", "latent-diffusion", "mask-control"})
  void run_eightSamples_areLearnedByHeartAndAResumedRunEndsAlike(String recipe) throws IOException {
    Map<String, Path> models = base(recipe);
    int steps = recipe.equals("autoencoder") ? 110 : 70; // the critic speaks from 50 on
    Path straight = layOut(recipe, "straight", steps);
    Path broken = layOut(recipe, "broken", steps);
    events.clear();

    train(recipe, straight, models);
    List<Double> losses =
        events.stream()
            .filter(TrainingEvent.Progress.class::isInstance)
            .map(event -> ((TrainingEvent.Progress) event).loss())
            .filter(java.util.Objects::nonNull)
            .toList();
    int runs = 1;
    while (!train(recipe, broken, models, after(60))) {
      runs++;
    }

    assertThat(mean(losses.subList(losses.size() - 20, losses.size())))
        .isLessThan(0.8 * mean(losses.subList(0, 5)));
    assertThat(runs).isGreaterThan(1);
    assertThat(Work.contents(broken.resolve("out")))
        .isEqualTo(Work.contents(straight.resolve("out")));
  }

  private static BooleanSupplier after(int times) {
    var asked = new AtomicInteger();
    return () -> asked.incrementAndGet() > times;
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  @Test
  void run_partAfterPart_publishesWhatTheNextStartsFrom() throws IOException {
    Path control = train("mask-control", layOut("mask-control", "last", 2), base("mask-control"));
    Path text = folder.resolve("base-latent-diffusion/out");
    Path autoencoder = folder.resolve("base-autoencoder/out");

    assertThat(files(autoencoder))
        .containsExactly(
            "training.json", "vae/config.json", "vae/diffusion_pytorch_model.safetensors");
    assertThat(json(autoencoder.resolve("vae/config.json")).path("scaling_factor").asDouble())
        .isPositive();
    assertThat(files(text))
        .contains("unet/config.json", "tokenizer/vocab.json", "scheduler/scheduler_config.json")
        .noneMatch(file -> file.startsWith("controlnet"));
    assertThat(text.resolve("synthorax.yaml"))
        .content()
        .contains("sizes: [[32, 32]]")
        .doesNotContain("structures");
    assertThat(json(text.resolve("model_index.json")).path("_class_name").asText())
        .isEqualTo("StableDiffusionPipeline");
    assertThat(files(control)).contains("controlnet/diffusion_pytorch_model.safetensors");
    assertThat(control.resolve("synthorax.yaml"))
        .content()
        .contains("structures: [heart, lungs, pneumothorax]");
    assertThat(json(control.resolve("model_index.json")).path("_class_name").asText())
        .isEqualTo("StableDiffusionControlNetPipeline");
    for (String frozen : List.of("unet/diffusion_pytorch_model.safetensors", "vae/config.json")) {
      assertThat(control.resolve(frozen)).hasSameBinaryContentAs(text.resolve(frozen));
    }
  }

  @Test
  void run_phaseOfTheDecoder_movesTheDecoderAlone() throws IOException {
    Path work = folder.resolve("sharpened");
    Work.layOutNetworks(work);
    Work.write(
        work.resolve("recipe.json"),
        "{\"seed\": 7, \"autoencoder\": [%s], \"decoder\": [%s]}"
            .formatted(Work.autoencoderPhase(2, 16, 0), Work.decoderPhase(2)));

    train("autoencoder", work, Map.of());

    try (var before = SafetensorsFile.open(work.resolve("run/autoencoder-1/vae.safetensors"));
        var after = SafetensorsFile.open(work.resolve("run/decoder-1/vae.safetensors"))) {
      assertThat(before.names()).isEqualTo(after.names());
      for (String name : before.names()) {
        boolean same = before.tensor(name).data().mismatch(after.tensor(name).data()) == -1;
        assertThat(same).as(name).isEqualTo(!name.matches("(decoder|post_quant_conv)\\..*"));
      }
    }
  }

  @Test
  void run_phaseOfTheDecoderThatPullsTheLatents_isRefused() throws IOException {
    Path work = folder.resolve("pulled");
    Work.layOutNetworks(work);
    String phase = Work.autoencoderPhase(2, 16, 0);
    Work.write(
        work.resolve("recipe.json"),
        "{\"seed\": 7, \"autoencoder\": [%s], \"decoder\": [%s]}".formatted(phase, phase));

    assertThatThrownBy(() -> train("autoencoder", work, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("decoder: divergenceWeight 1.0E-5 (expected: 0");
  }

  @Test
  void run_autoencoderOfAPipeline_keepsTheRestOfIt() throws IOException {
    Map<String, Path> base = base("mask-control");

    Path out = train("autoencoder", layOut("autoencoder", "tuned", 2), base);

    Path before = folder.resolve("base-latent-diffusion/out");
    assertThat(files(out)).isEqualTo(files(before));
    assertThat(out.resolve("unet/diffusion_pytorch_model.safetensors"))
        .hasSameBinaryContentAs(before.resolve("unet/diffusion_pytorch_model.safetensors"));
    assertThat(out.resolve("synthorax.yaml"))
        .hasSameTextualContentAs(before.resolve("synthorax.yaml"));
    assertThat(json(out.resolve("vae/config.json")))
        .isEqualTo(json(before.resolve("vae/config.json")));
  }

  @Test
  void run_baseWithoutWhatIsNeeded_namesAllOfIt() throws IOException {
    Map<String, Path> base = base("latent-diffusion");

    assertThatThrownBy(() -> train("mask-control", layOut("mask-control", "work", 2), base))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "out without unet, text_encoder, tokenizer, scheduler (expected: a folder in the"
                + " diffusers layout with them)");
    assertThatThrownBy(
            () -> train("latent-diffusion", layOut("latent-diffusion", "none", 2), Map.of()))
        .hasMessage("models of latent-diffusion: missing: base (expected: base=DIR)");
  }

  @Test
  void run_manySamples_heldOutOnesAreMeasuredAndShown() throws IOException {
    shards = Work.writeShards(folder.resolve("many"), 130);
    Map<String, Path> base = base("mask-control");
    events.clear();

    Path work = layOut("mask-control", "work", 2);
    train("mask-control", work, base);

    assertThat(events)
        .anySatisfy(
            event ->
                assertThat(event)
                    .isInstanceOfSatisfying(
                        TrainingEvent.Metrics.class,
                        metrics -> assertThat(metrics.values().get("loss")).isPositive()));
    TrainingEvent.Pictures pictures =
        events.stream()
            .filter(TrainingEvent.Pictures.class::isInstance)
            .map(TrainingEvent.Pictures.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(pictures)
        .isEqualTo(new TrainingEvent.Pictures("control", 2, 128, 32, 4, "run/control.pictures"));
    assertThat(Files.size(work.resolve(pictures.file()))).isEqualTo(128 * 32);
  }
}
