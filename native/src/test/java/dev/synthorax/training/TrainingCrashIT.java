package dev.synthorax.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.files.Mortal;
import dev.synthorax.files.MortalFileSystem;
import dev.synthorax.nn.Init;
import dev.synthorax.nn.ParameterSpec;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.training.stage.FlatOptimizer;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Inputs;
import dev.synthorax.training.stage.Pace;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.StageSettings;
import dev.synthorax.training.stage.TrainingLoop;
import dev.synthorax.training.stage.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of two stages of four numbers, killed before each change it makes on disk. */
final class TrainingCrashIT {
  private static final List<ParameterSpec> NUMBERS =
      List.of(new ParameterSpec("numbers", new Init.Normal(1), List.of(4L), true));
  private static final String WEIGHTS = "weights.safetensors";

  @TempDir Path folder;
  private Path shards = Path.of("");

  @BeforeEach
  void writeShards() throws IOException {
    shards = Work.writeShards(folder.resolve("shards"));
  }

  /** Pulls numbers towards another, from scratch or from where a stage has left them. */
  private record Pull(String name, String from, double to) implements Recipe.Stage {
    private static final StageSettings SETTINGS = new StageSettings(2, 1, 0.1, 1);

    @Override
    public Identity identify(Identity before) {
      return SETTINGS.identify(before, name).with(name + ".to", to);
    }

    @Override
    public boolean run(StageRun run) throws IOException {
      try (TorchParameters parameters =
              from.isEmpty()
                  ? TorchParameters.create(NUMBERS, run.seed())
                  : TorchParameters.load(
                      NUMBERS, run.session().work().result(from).resolve(WEIGHTS));
          var optimizer =
              new FlatOptimizer(
                  parameters.trainable(true).learned(), FlatOptimizer.Settings.DEFAULT)) {
        Tensor numbers = parameters.tensor("numbers");
        boolean finished =
            new TrainingLoop(run, SETTINGS, optimizer)
                .run(
                    TrainingLoop.Objective.over(
                        run.samples(),
                        run.samples().order(1, run.seed()),
                        (step, _) -> numbers.sub(new Scalar(step == 0 ? 1 : to)).square().sum()));
        if (finished) {
          optimizer.swapAverage();
          run.finish(out -> parameters.save(out.resolve(WEIGHTS), ElementType.F32, Map.of()));
        }
        return finished;
      }
    }
  }

  /** Two stages and a model of two files. */
  private record TwoPulls(double second) implements Recipe {
    @Override
    public String name() {
      return "two-pulls";
    }

    @Override
    public String summary() {
      return "four numbers";
    }

    @Override
    public int revision() {
      return 1;
    }

    @Override
    public List<String> templates() {
      return List.of();
    }

    @Override
    public Plan plan(Inputs inputs) {
      WorkFolder work = inputs.work();
      return new Plan(
          5,
          List.of(new Pull("first", "", 3), new Pull("second", "first", second)),
          new Result() {
            @Override
            public Identity identify(Identity before) {
              return before;
            }

            @Override
            public void write(Path into) throws IOException {
              Files.copy(work.result("second").resolve(WEIGHTS), into.resolve(WEIGHTS));
              Files.writeString(into.resolve("labels.txt"), "numbers\n");
            }
          });
    }
  }

  private boolean train(Path root, double second) throws IOException {
    var nanos = new AtomicLong();
    var pace = new Pace(() -> nanos.addAndGet(1), Duration.ofNanos(1), Duration.ofNanos(1));
    return new Training(
            List.of(SampleSource.of(shards)),
            Map.of(),
            root.resolve("work"),
            1,
            () -> false,
            _ -> {})
        .at(pace)
        .run(new TwoPulls(second), root.resolve("models/out"));
  }

  /** A model of another run is there, with a file that somebody put beside it. */
  private Path withFormerModel(String name) throws IOException {
    Path root = folder.resolve(name);
    Work.write(
        root.resolve("models/out/training.json"), "{\"files\": [\"labels.txt\", \"former.txt\"]}");
    Work.write(root.resolve("models/out/labels.txt"), "former\n");
    Work.write(root.resolve("models/out/former.txt"), "former\n");
    Work.write(root.resolve("models/out/MODEL_CARD.md"), "by hand\n");
    return root;
  }

  @Test
  void run_killedBeforeAnyChange_leavesAWholeModelAndEndsLikeAnUnbrokenRun() throws IOException {
    Path straight = withFormerModel("straight");
    SortedMap<String, String> former = Work.contents(straight.resolve("models/out"));
    Mortal immortal = Mortal.immortal();
    train(MortalFileSystem.of(immortal, straight), 4);
    SortedMap<String, String> expected = Work.contents(straight.resolve("models/out"));

    assertThat(expected)
        .containsOnlyKeys("MODEL_CARD.md", "labels.txt", "training.json", WEIGHTS)
        .containsEntry("labels.txt", "numbers\n");
    assertThat(immortal.changes()).isGreaterThan(50);
    for (int change = 1; change <= immortal.changes(); change++) {
      Path root = withFormerModel("killed-" + change);
      Path mortal = MortalFileSystem.of(Mortal.dyingBefore(change), root);

      assertThatThrownBy(() -> train(mortal, 4)).isInstanceOf(Mortal.Death.class);
      if (Files.exists(root.resolve("models/out"))) {
        assertThat(Work.contents(root.resolve("models/out"))).isIn(former, expected);
      }
      boolean finished = train(MortalFileSystem.of(Mortal.immortal(), root), 4);

      assertThat(finished).isTrue();
      assertThat(Work.contents(root.resolve("models/out")))
          .as("killed before change %d", change)
          .isEqualTo(expected);
    }
  }

  @Test
  void run_lossThatIsNoNumber_stopsWithStepSamplesAndTheCheckpointThatIsKept() throws IOException {
    Path root = folder.resolve("work");

    assertThatThrownBy(() -> train(root, Double.NaN))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching(
            "second: loss NaN at step 2, from p\\d+ \\(expected: a finite one; the checkpoint of"
                + " step 1 is kept; lower peakLearningRate\\)");
    assertThat(root.resolve("work/run/second.checkpoint.safetensors")).isRegularFile();
    assertThat(root.resolve("models/out")).doesNotExist();
  }

  @Test
  void run_checkpointOfAnotherRun_isRefusedWithTheDifference() throws IOException {
    Path root = folder.resolve("work");
    Mortal immortal = Mortal.immortal();
    train(MortalFileSystem.of(immortal, folder.resolve("whole")), 4);
    Path second = root.resolve("work/run/second.checkpoint.safetensors");
    int change = 1;
    while (!Files.exists(second)) { // the run is killed ever later, until there is one
      Mortal mortal = Mortal.dyingBefore(change++);
      try {
        train(MortalFileSystem.of(mortal, root), 4);
      } catch (Mortal.Death e) {
        assertThat(change).isLessThan(immortal.changes());
      }
    }

    assertThatThrownBy(() -> train(root, 9))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "%s: of another run: second.to was 4.0, now 9.0; undo the change, take another work folder, or delete %s to start over in this one"
                .formatted(second, root.resolve("work/run")));
  }
}
