package dev.synthorax.training.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.drawing.DiffusionProcess;
import dev.synthorax.training.reading.Reader;
import dev.synthorax.training.stage.Roles;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProxyRecipeIT {
  @TempDir Path folder;
  private Path base = Path.of("");
  private Path samples = Path.of("");
  private Path classifier = Path.of("");

  @BeforeEach
  void write() throws IOException {
    base = TinyPipeline.write(folder.resolve("base"));
    samples =
        TinySamples.write(
            folder.resolve("samples"), List.of("heart", "lungs"), _ -> Map.of("all", "effusion"));
    classifier = TinyReader.classifier(folder.resolve("classifier"), List.of("effusion"));
  }

  private TuningRun tuning(Path proxy) {
    return new TuningRun(
        new ProxyRecipe(), samples, Map.of(Roles.BASE, base, ProxyRecipe.PROXY, proxy));
  }

  private static String settings(int steps, String structureDrop) {
    return """
    {"seed": 3, "steps": %d, "batchSize": 8, "peakLearningRate": 3e-3, "warmupSteps": 1,
     "learn": ["unet"], "diffusionWeight": 0.0, "proxyWeight": 1.0, "minTimestep": 0,
     "maxTimestep": 600, "drop": {"text": 0.1, "masks": 0.2, "structure": %s}}
    """
        .formatted(steps, structureDrop);
  }

  @Test
  void run_classifier_isToldMoreByEstimatesFromNoise() throws IOException {
    tuning(classifier).run(folder.resolve("work"), settings(20, "0.1"), () -> false);

    Path out = folder.resolve("work/out");
    assertThat(lossOfEstimates(out, classifier))
        .isLessThan(0.9 * lossOfEstimates(base, classifier));
    for (String frozen : List.of("vae", "text_encoder", "controlnet")) {
      assertThat(ConsistencyRecipeIT.weights(out, frozen))
          .as(frozen)
          .isEqualTo(ConsistencyRecipeIT.weights(base, frozen));
    }
  }

  @Test
  void run_segmenter_isToldMoreByEstimatesFromNoise() throws IOException {
    Path segmenter = TinyReader.segmenter(folder.resolve("segmenter"), List.of("lungs", "heart"));

    tuning(segmenter).run(folder.resolve("work"), settings(20, "0.0"), () -> false);

    assertThat(lossOfEstimates(folder.resolve("work/out"), segmenter))
        .isLessThan(0.995 * lossOfEstimates(base, segmenter));
  }

  /** Of the reader, at one time step and noise. */
  private double lossOfEstimates(Path pipeline, Path reader) throws IOException {
    try (Samples all = Samples.open(List.of(SampleSource.of(samples)));
        OpenBase open = OpenBase.open(BasePipeline.read(pipeline), all);
        Reader proxy = Reader.load(reader);
        PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      torch.manual_seed(1);
      int[] rows = IntStream.range(0, TinySamples.COUNT).toArray();
      int[] timesteps = IntStream.generate(() -> 400).limit(rows.length).toArray();
      var process = new DiffusionProcess(open.base().schedule());
      Tensor latents = open.latents(rows);
      Tensor noised = process.noised(latents, torch.randn(TorchTensors.shape(latents)), timesteps);
      Tensor output =
          open.denoiser().predict(noised, timesteps, open.conditions(rows, Conditions.Drop.NONE));
      return proxy
          .loss(all, rows, open.decode(process.estimate(noised, output, timesteps)))
          .item_double();
    }
  }

  @Test
  void run_stoppedAndResumed_endsLikeAnUnbrokenRun() throws IOException {
    tuning(classifier).run(folder.resolve("straight"), settings(4, "0.1"), () -> false);
    var asked = new AtomicInteger();
    tuning(classifier)
        .run(folder.resolve("broken"), settings(4, "0.1"), () -> asked.incrementAndGet() > 2);
    assertThat(folder.resolve("broken/out")).doesNotExist();

    tuning(classifier).run(folder.resolve("broken"), settings(4, "0.1"), () -> false);

    assertThat(ConsistencyRecipeIT.weights(folder.resolve("broken/out"), "unet"))
        .isEqualTo(ConsistencyRecipeIT.weights(folder.resolve("straight/out"), "unet"));
  }

  @Test
  void plan_labelsThatNoPromptMeans_areRefused() throws IOException {
    Path other =
        TinyReader.classifier(folder.resolve("other"), List.of("effusion", "edema", "mass"));

    assertThatThrownBy(
            () -> tuning(other).run(folder.resolve("work"), settings(1, "0.0"), () -> false))
        .hasMessage(
            "proxy: finds [edema, mass], which no sample has (expected: findings of the samples,"
                + " [effusion])");
  }

  @Test
  void plan_structuresThatTheBaseIsNotGiven_areRefused() throws IOException {
    Path other = TinyReader.segmenter(folder.resolve("other"), List.of("lungs", "ribs"));

    assertThatThrownBy(
            () -> tuning(other).run(folder.resolve("work"), settings(1, "0.0"), () -> false))
        .hasMessage(
            "proxy: finds [ribs] (expected: structures that the base is given, [lungs, heart], and"
                + " that the samples have, [heart, lungs])");
  }

  @Test
  void plan_segmenterForABaseWithoutMasks_isRefused() throws IOException {
    base = TinyPipeline.withoutMasks(folder.resolve("others"), TinyPipeline.VELOCITY);
    Path segmenter = TinyReader.segmenter(folder.resolve("other"), List.of("lungs"));

    assertThatThrownBy(
            () -> tuning(segmenter).run(folder.resolve("work"), settings(1, "0.0"), () -> false))
        .hasMessage(
            "proxy: finds [lungs], but the base takes no masks (expected: a base with a controlnet,"
                + " or a classifier)");
  }
}
