package dev.synthorax.training.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.training.drawing.DiffusionProcess;
import dev.synthorax.training.stage.Roles;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.SettingsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PreferenceRecipeIT {
  @TempDir Path folder;
  private Path base = Path.of("");
  private Path samples = Path.of("");

  @BeforeEach
  void write() throws IOException {
    base = TinyPipeline.write(folder.resolve("base"));
    samples = TinySamples.write(folder.resolve("samples"), List.of("heart"), i -> rated(i));
  }

  /** Two items; squares on the left are better than white, by text and by masks. */
  private static Map<String, String> rated(int i) {
    return Map.of(
        "item", "" + i / 4, "text_score", "" + (4 - i % 2), "mask_score", "" + (5 - 3 * (i % 2)));
  }

  private TuningRun tuning() {
    return new TuningRun(new PreferenceRecipe(), samples, Map.of(Roles.BASE, base));
  }

  private static String settings(int steps, String learn) {
    return """
    {"seed": 3, "steps": %d, "batchSize": 4, "peakLearningRate": 1e-3, "warmupSteps": 1,
     "learn": %s, "beta": 30.0, "scoreWeighted": false}
    """
        .formatted(steps, learn);
  }

  @Test
  void run_eightRatedSamples_prefersWhatPleased() throws IOException {
    String settings = settings(20, "[\"unet\"]");

    List<Double> losses = tuning().run(folder.resolve("work"), settings, () -> false);

    Path out = folder.resolve("work/out");
    assertThat(losses.getFirst())
        .as("the base against itself")
        .isCloseTo(Math.log(2), within(1e-5));
    assertThat(lossOf(out, settings)).isLessThan(0.65);
    assertThat(out.resolve("synthorax.yaml"))
        .hasSameTextualContentAs(base.resolve("synthorax.yaml"));
  }

  /** Of all pairs, mean of five draws of noise. */
  private double lossOf(Path tuned, String settings) throws IOException {
    Path file = folder.resolve("settings.json");
    Files.writeString(file, settings);
    try (Samples all = Samples.open(List.of(SampleSource.of(samples)));
        OpenBase before = OpenBase.open(BasePipeline.read(base), all);
        OpenBase after = OpenBase.open(BasePipeline.read(tuned), all);
        PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      var loss =
          new PreferenceLoss(
              before,
              new DiffusionProcess(before.base().schedule()),
              SettingsFile.read(file, PreferenceSettings.class),
              after.denoiser(),
              before.denoiser());
      torch.manual_seed(1);
      double sum = 0;
      for (int i = 0; i < 5; i++) {
        sum += loss.of(PreferencePair.of(all.labels())).item_double();
      }
      return sum / 5;
    }
  }

  @Test
  void run_controlNetAloneScoreWeighted_leavesTheRestBitForBit() throws IOException {
    String weighted =
        settings(2, "[\"controlnet\"]")
            .replace("\"scoreWeighted\": false", "\"scoreWeighted\": true");

    tuning().run(folder.resolve("work"), weighted, () -> false);

    Path out = folder.resolve("work/out");
    for (String frozen : List.of("vae", "text_encoder", "unet")) {
      assertThat(ConsistencyRecipeIT.weights(out, frozen))
          .as(frozen)
          .isEqualTo(ConsistencyRecipeIT.weights(base, frozen));
    }
    assertThat(ConsistencyRecipeIT.weights(out, "controlnet"))
        .isNotEqualTo(ConsistencyRecipeIT.weights(base, "controlnet"));
  }

  @Test
  void run_stoppedAndResumed_endsLikeAnUnbrokenRun() throws IOException {
    String settings = settings(5, "[\"controlnet\"]");
    tuning().run(folder.resolve("straight"), settings, () -> false);
    var asked = new AtomicInteger();
    tuning().run(folder.resolve("broken"), settings, () -> asked.incrementAndGet() > 2);
    assertThat(folder.resolve("broken/out")).doesNotExist();

    tuning().run(folder.resolve("broken"), settings, () -> false);

    assertThat(ConsistencyRecipeIT.weights(folder.resolve("broken/out"), "controlnet"))
        .isEqualTo(ConsistencyRecipeIT.weights(folder.resolve("straight/out"), "controlnet"));
  }

  @Test
  void plan_controlNetAloneButNoMasks_isRefused() throws IOException {
    samples = TinySamples.write(folder.resolve("text"), List.of(), i -> rated(i));

    assertThatThrownBy(
            () ->
                tuning().run(folder.resolve("work"), settings(1, "[\"controlnet\"]"), () -> false))
        .hasMessageStartingWith("learn: controlnet alone, but no pair has masks that it reads");
  }

  @Test
  void plan_controlNetThatTheBaseLacks_isRefused() throws IOException {
    base = TinyPipeline.withoutMasks(folder.resolve("others"), TinyPipeline.EPSILON);

    assertThatThrownBy(
            () ->
                tuning()
                    .run(
                        folder.resolve("work"),
                        settings(1, "[\"controlnet\", \"vae\"]"),
                        () -> false))
        .hasMessage(
            "learn: controlnet, which the base does not have, 'vae' (expected: one or both of unet,"
                + " controlnet)");
  }
}
