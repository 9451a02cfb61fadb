package dev.synthorax.training.tuning;

import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.training.drawing.LatentBounds;
import dev.synthorax.training.stage.FlatOptimizer;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.TrainingLoop;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Goes on with some of a pipeline's networks by a loss; results in their average. */
record TuningStage(BasePipeline base, Tuning tuning) implements Recipe.Stage {
  /** The weights of a network among the results. */
  static String file(Component component) {
    return component.folder() + ".safetensors";
  }

  @Override
  public String name() {
    return tuning.name();
  }

  @Override
  public Identity identify(Identity before) throws IOException {
    return tuning
        .identify(before)
        .with("learn", tuning.learned().stream().map(Component::folder).sorted().toList())
        .withRecord("optimizer", tuning.optimizer())
        .withRecord("latents", LatentBounds.DEFAULT);
  }

  @Override
  public boolean run(StageRun run) throws IOException {
    try (OpenBase open = OpenBase.open(base, run.samples())) {
      List<Tensor> learned =
          tuning.learned().stream()
              .sorted()
              .flatMap(component -> open.network(component).trainable(true).learned().stream())
              .toList();
      try (var optimizer = new FlatOptimizer(learned, tuning.optimizer())) {
        var loop = new TrainingLoop(run, tuning.settings(), optimizer);
        boolean finished = loop.run(tuning.objective(run, open, optimizer));
        if (finished) {
          optimizer.swapAverage();
          run.finish(
              folder -> {
                for (Component component : tuning.learned()) {
                  open.network(component)
                      .save(
                          folder.resolve(file(component)), ElementType.F32, Map.of("format", "pt"));
                }
              });
        }
        return finished;
      }
    }
  }
}
