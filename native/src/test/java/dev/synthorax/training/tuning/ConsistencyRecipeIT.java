package dev.synthorax.training.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.drawing.DiffusionProcess;
import dev.synthorax.training.stage.Roles;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConsistencyRecipeIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Path base = Path.of("");
  private Path samples = Path.of("");

  @BeforeEach
  void write() throws IOException {
    base = TinyPipeline.write(folder.resolve("base"));
    samples = TinySamples.write(folder.resolve("samples"));
  }

  private TuningRun tuning() {
    return new TuningRun(new ConsistencyRecipe(), samples, Map.of(Roles.BASE, base));
  }

  static String settings(int steps) {
    return """
    {"seed": 3, "steps": %d, "batchSize": 4, "peakLearningRate": 2e-3, "warmupSteps": 1,
     "guidanceScale": 2.0, "originalInferenceSteps": 20, "numInferenceSteps": 4,
     "timestepScaling": 10.0, "targetDecay": 0.9, "huber": 0.001,
     "drop": {"text": 0.2, "masks": 0.3, "structure": 0.1}}
    """
        .formatted(steps);
  }

  @Test
  void run_eightSamples_leapsNearerToWhereTheTeacherWalks() throws IOException {
    tuning().run(folder.resolve("work"), settings(40), () -> false);

    Path out = folder.resolve("work/out");
    assertThat(distanceOfALeap(out)).isLessThan(0.8 * distanceOfALeap(base));
    for (String frozen : List.of("vae", "text_encoder", "controlnet")) {
      assertThat(weights(out, frozen)).as(frozen).isEqualTo(weights(base, frozen));
    }
  }

  /** Mean squared distance between one step of a student and all guided steps of the base. */
  private double distanceOfALeap(Path student) throws IOException {
    try (Samples all = Samples.open(List.of(SampleSource.of(samples)));
        OpenBase teacher = OpenBase.open(BasePipeline.read(base), all);
        OpenBase learned = OpenBase.open(BasePipeline.read(student), all);
        PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      int[] rows = IntStream.range(0, TinySamples.COUNT).toArray();
      var process = new DiffusionProcess(teacher.base().schedule());
      Conditions given = teacher.conditions(rows, Conditions.Drop.NONE);
      torch.manual_seed(1);
      Tensor noise = torch.randn(TorchTensors.shape(teacher.latents(rows)));
      Tensor walked = noise;
      for (int t = 999; t > 0; t -= 50) {
        int[] from = all(t);
        Tensor nothing = teacher.denoiser().predict(walked, from, given.unconditional());
        Tensor output = teacher.denoiser().predict(walked, from, given);
        output = nothing.add(output.sub(nothing).mul(new Scalar(2.0)));
        walked =
            process.noised(
                process.estimate(walked, output, from),
                process.noise(walked, output, from),
                all(Math.max(0, t - 50)));
      }
      Tensor leapt =
          process.estimate(noise, learned.denoiser().predict(noise, all(999), given), all(999));
      return leapt.sub(walked).square().mean().item_double();
    }
  }

  private static int[] all(int timestep) {
    return IntStream.generate(() -> timestep).limit(TinySamples.COUNT).toArray();
  }

  @Test
  void run_finished_publishesAFolderThatDrawsInFewStepsWithoutGuidance() throws IOException {
    tuning().run(folder.resolve("work"), settings(1), () -> false);

    Path out = folder.resolve("work/out");
    JsonNode scheduler =
        JSON.readTree(Files.readString(out.resolve("scheduler/scheduler_config.json")));
    assertThat(scheduler.path("_class_name").asText()).isEqualTo("LCMScheduler");
    assertThat(scheduler.path("original_inference_steps").asInt()).isEqualTo(20);
    assertThat(scheduler.path("timestep_scaling").asDouble()).isEqualTo(10);
    assertThat(scheduler.path("prediction_type").asText()).isEqualTo("v_prediction");
    assertThat(scheduler.path("rescale_betas_zero_snr").asBoolean()).isTrue();
    JsonNode settings = BasePipeline.YAML.readTree(Files.readString(out.resolve("synthorax.yaml")));
    assertThat(settings.path("defaults").path("num-inference-steps").asInt()).isEqualTo(4);
    assertThat(settings.path("defaults").path("guidance-scale").asDouble()).isEqualTo(1);
    assertThat(settings.path("defaults").path("noise-scheduler").asText()).isEqualTo("LCM");
    assertThat(settings.path("structures")).hasSize(2);
    assertThat(settings.path("unconditional").asText()).isEqualTo("zero");
    assertThat(out.resolve("tokenizer/vocab.json")).exists();
    assertThat(BasePipeline.read(out).control()).isNotNull();
  }

  @Test
  void run_stoppedAndResumed_endsLikeAnUnbrokenRun() throws IOException {
    tuning().run(folder.resolve("straight"), settings(5), () -> false);
    var asked = new AtomicInteger();
    tuning().run(folder.resolve("broken"), settings(5), () -> asked.incrementAndGet() > 2);
    assertThat(folder.resolve("broken/out")).doesNotExist();

    tuning().run(folder.resolve("broken"), settings(5), () -> false);

    assertThat(weights(folder.resolve("broken/out"), "unet"))
        .isEqualTo(weights(folder.resolve("straight/out"), "unet"));
  }

  @Test
  void run_baseOfOthersThatPredictsNoise_learns() throws IOException {
    base = TinyPipeline.withoutMasks(folder.resolve("others"), TinyPipeline.EPSILON);

    List<Double> losses = tuning().run(folder.resolve("work"), settings(30), () -> false);

    assertThat(TuningRun.mean(losses, 20, 30)).isLessThan(0.9 * TuningRun.mean(losses, 0, 10));
    assertThat(folder.resolve("work/out/controlnet")).doesNotExist();
  }

  @Test
  void plan_noiseAloneByEpsilon_isRefused() throws IOException {
    base =
        TinyPipeline.withoutMasks(
            folder.resolve("others"),
            TinyPipeline.EPSILON.replace(
                "\"steps_offset\": 1", "\"rescale_betas_zero_snr\": true"));

    assertThatThrownBy(() -> tuning().run(folder.resolve("work"), settings(1), () -> false))
        .hasMessageStartingWith(
            "base: as LCMScheduler: rescale_betas_zero_snr: true with prediction_type epsilon");
  }

  static byte[] weights(Path pipeline, String network) throws IOException {
    Path file = pipeline.resolve(network).resolve("diffusion_pytorch_model.safetensors");
    return Files.readAllBytes(Files.exists(file) ? file : file.resolveSibling("model.safetensors"));
  }
}
