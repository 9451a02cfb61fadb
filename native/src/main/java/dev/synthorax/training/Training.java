package dev.synthorax.training;

import dev.synthorax.nn.torch.TorchThreads;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Inputs;
import dev.synthorax.training.stage.Pace;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.Roles;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.TrainingEvent;
import dev.synthorax.training.stage.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Trains a network from sample shards. A run can be stopped or killed anywhere and resumed; it ends
 * with the bytes of an unbroken one, on one machine with one number of threads. What was computed
 * by another run, with other settings, configurations, samples or code, is refused.
 *
 * <p><b>Threading:</b> one thread, which computes; {@code stop} may be set by any.
 */
public final class Training {
  private final List<SampleSource> samples;
  private final Map<String, Path> models;
  private final Path work;
  private final int threads;
  private final BooleanSupplier stop;
  private final Consumer<TrainingEvent> events;
  private Pace pace = Pace.DEFAULT;

  /**
   * A training run.
   *
   * @param samples folders of sample shards, mixed by their weights
   * @param models folders of models to start from, by {@link Recipe#roles}
   * @param work checkpoints and everything between; made if missing, resumed if not
   * @param threads that libtorch computes with, in the whole process; at most the free cores
   * @param stop asked before every step; true ends the run after a checkpoint
   * @param events hears of the progress, on the thread that computes
   */
  public Training(
      List<SampleSource> samples,
      Map<String, Path> models,
      Path work,
      int threads,
      BooleanSupplier stop,
      Consumer<TrainingEvent> events) {
    this.samples = List.copyOf(samples);
    this.models = Map.copyOf(models);
    this.work = work;
    this.threads = threads;
    this.stop = stop;
    this.events = events;
  }

  /** The same at another pace. */
  Training at(Pace another) {
    pace = another;
    return this;
  }

  /**
   * Runs a recipe until its end or until told to stop.
   *
   * @param recipe one of {@link Recipes#summaries}
   * @param target where the finished model goes, in the layout of the model repository: a new or
   *     empty folder, or one that a training run published, which is replaced as a whole
   * @return whether the model is finished
   * @throws IOException if a file cannot be read or written
   * @throws IllegalArgumentException if there is no such recipe, its settings are wrong, models are
   *     missing or not asked for, or {@code target} holds something else
   * @throws IllegalStateException if {@code work} belongs to another run
   * @throws dev.synthorax.engine.InferenceException {@code INVALID_ARGUMENT} if the shards are
   *     missing or malformed
   */
  public boolean run(String recipe, Path target) throws IOException {
    return run(Recipes.find(recipe), target);
  }

  /** Runs a recipe, listed or not. */
  boolean run(Recipe recipe, Path target) throws IOException {
    TorchThreads.use(threads);
    var publication = new Publication(target);
    publication.requireOurs();
    recipe.roles().check(recipe.name(), models);
    try (WorkFolder folder = WorkFolder.open(work);
        Samples all = Samples.open(samples)) {
      folder.layOut(recipe);
      Recipe.Plan plan = recipe.plan(new Inputs(folder, all, models));
      Identity identity = Roles.identify(all.identify(base(recipe, plan)), models);
      folder.claim(identity);
      var session = new StageRun.Session(folder, all, plan.seed(), stop, events, pace);
      List<StageRun> runs = new ArrayList<>();
      List<String> finished = new ArrayList<>();
      for (Recipe.Stage stage : plan.stages()) {
        identity = stage.identify(identity);
        runs.add(new StageRun(session, stage.name(), identity));
        if (folder.finished(stage.name(), identity)) {
          finished.add(stage.name());
        }
      }
      events.accept(
          new TrainingEvent.Started(
              recipe.name(),
              all.size(),
              plan.stages().stream().map(Recipe.Stage::name).toList(),
              finished));
      for (int i = 0; i < runs.size(); i++) {
        StageRun run = runs.get(i);
        if (!finished.contains(run.stage()) && !run(plan.stages().get(i), run)) {
          events.accept(new TrainingEvent.Stopped(run.stage()));
          return false;
        }
      }
      Identity model = plan.result().identify(identity);
      publication.publish(plan.result(), model);
      events.accept(new TrainingEvent.Published(target.toString(), model.hash()));
      return true;
    }
  }

  private static Identity base(Recipe recipe, Recipe.Plan plan) {
    return Identity.NONE
        .with("recipe", recipe.name())
        .with("revision", recipe.revision())
        .with("seed", plan.seed());
  }

  private boolean run(Recipe.Stage stage, StageRun run) throws IOException {
    if (stop.getAsBoolean()) {
      return false;
    }
    run.tell(new TrainingEvent.StageStarted(run.stage(), run.identity().hash()));
    boolean finished = stage.run(run);
    if (finished) {
      run.tell(new TrainingEvent.StageFinished(run.stage()));
    }
    return finished;
  }
}
