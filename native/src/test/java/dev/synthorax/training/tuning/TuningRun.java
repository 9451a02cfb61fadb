package dev.synthorax.training.tuning;

import dev.synthorax.nn.torch.TorchThreads;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Inputs;
import dev.synthorax.training.stage.Pace;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.TrainingEvent;
import dev.synthorax.training.stage.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Runs a recipe's stages as a training does, telling every step's loss. */
record TuningRun(Recipe recipe, Path samples, Map<String, Path> models) {
  /** The losses of the steps that were done; the finished pipeline is in {@code work/out}. */
  List<Double> run(Path work, String settings, BooleanSupplier stop) throws IOException {
    TorchThreads.use(1);
    Files.createDirectories(work);
    Files.writeString(work.resolve("recipe.json"), settings);
    var losses = new ArrayList<Double>();
    var nanos = new AtomicLong();
    var pace = new Pace(() -> nanos.addAndGet(1), Duration.ofNanos(1), Duration.ofHours(1));
    try (WorkFolder folder = WorkFolder.open(work);
        Samples all = Samples.open(List.of(SampleSource.of(samples)))) {
      Recipe.Plan plan = recipe.plan(new Inputs(folder, all, models));
      Recipe.Stage stage = plan.stages().getFirst();
      var session =
          new StageRun.Session(
              folder,
              all,
              plan.seed(),
              stop,
              event -> {
                if (event instanceof TrainingEvent.Progress progress && progress.loss() != null) {
                  losses.add(progress.loss());
                }
              },
              pace);
      Identity identity = stage.identify(Identity.NONE);
      if (stage.run(new StageRun(session, stage.name(), identity))) {
        Path out = work.resolve("out");
        Files.createDirectory(out);
        plan.result().write(out);
      }
    }
    return losses;
  }

  /** Mean of the losses of some steps. */
  static double mean(List<Double> losses, int from, int to) {
    return losses.subList(from, to).stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .orElseThrow();
  }
}
