package dev.synthorax.training.stage;

import dev.synthorax.nn.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Steps of one stage: loss, gradients, update; checkpoints in between. Batch, noise and rate of a
 * step depend on nothing but the seed and the step's number, so a run that was stopped anywhere and
 * resumed ends like an unbroken one.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class TrainingLoop {
  /** What a stage minimises. */
  @FunctionalInterface
  public interface Objective {
    /**
     * The loss of a step's batch, a scalar with gradients. Temporaries belong to the caller's
     * scope. Random numbers come from libtorch's generator, which was seeded for this step.
     */
    Tensor loss(long step);
  }

  private static final String IDENTITY = "identity";
  private static final String ENVIRONMENT = "environment";

  private final StageRun run;
  private final StageSettings settings;
  private final LearningRate rate;
  private final FlatOptimizer optimizer; // borrowed
  private final Path checkpoint;

  /** A loop over the optimiser's parameters. */
  public TrainingLoop(StageRun run, StageSettings settings, FlatOptimizer optimizer) {
    this.run = run;
    this.settings = settings;
    this.rate = settings.rate();
    this.optimizer = optimizer;
    this.checkpoint = run.session().work().checkpoint(run.stage());
  }

  /**
   * Runs from the checkpoint, if there is one, to the last step or until told to stop; writes a
   * checkpoint at the end either way.
   *
   * @return whether the last step was reached
   * @throws IllegalStateException if the checkpoint is another run's, or three losses in a row are
   *     not finite
   */
  public boolean run(Objective objective) throws IOException {
    Pace pace = run.session().pace();
    long steps = settings.steps();
    restore();
    long reportedStep = optimizer.step();
    long reportedNanos = pace.nanoClock().getAsLong();
    long savedNanos = reportedNanos;
    double lossSum = 0;
    int broken = 0;
    while (optimizer.step() < steps && !run.stopped()) {
      long step = optimizer.step();
      double loss = step(objective, step);
      broken = Double.isFinite(loss) ? 0 : broken + 1;
      if (broken == 3) {
        throw new IllegalStateException(
            "step %d: loss %s three times in a row (lower the learning rate)"
                .formatted(step, loss));
      }
      lossSum += loss;
      long done = optimizer.step();
      long now = pace.nanoClock().getAsLong();
      if (now - reportedNanos >= pace.report().toNanos() || done == steps) {
        double count = done - reportedStep;
        double samplesPerSecond = settings.batchSize() * count * 1e9 / (now - reportedNanos);
        run.tell(
            new TrainingEvent.Progress(
                run.stage(), done, steps, lossSum / count, samplesPerSecond));
        reportedStep = done;
        reportedNanos = now;
        lossSum = 0;
      }
      if (now - savedNanos >= pace.checkpoint().toNanos() && done < steps) {
        save();
        savedNanos = pace.nanoClock().getAsLong();
      }
    }
    save();
    return optimizer.step() >= steps;
  }

  private void restore() throws IOException {
    if (!Files.exists(checkpoint)) {
      return;
    }
    try (SafetensorsFile stored = SafetensorsFile.open(checkpoint)) {
      Map<String, String> metadata = stored.metadata();
      run.session().work().requireSame(checkpoint, metadata.get(IDENTITY), run.identity());
      optimizer.restore(stored);
      String computedOn = metadata.getOrDefault(ENVIRONMENT, "something unknown");
      run.tell(
          new TrainingEvent.Resumed(
              run.stage(),
              optimizer.step(),
              settings.steps(),
              computedOn.equals(Environment.describe()) ? null : computedOn));
    }
  }

  private void save() throws IOException {
    optimizer.save(
        checkpoint, Map.of(IDENTITY, run.identity().toJson(), ENVIRONMENT, Environment.describe()));
    run.tell(new TrainingEvent.Checkpointed(run.stage(), optimizer.step()));
  }

  private double step(Objective objective, long step) {
    try (PointerScope _ = new PointerScope()) {
      torch.manual_seed(run.seed() * 1_000_003L + step);
      Tensor loss = objective.loss(step);
      loss.backward();
      double value = loss.item_double();
      optimizer.update(rate.at(step));
      return value;
    }
  }
}
