package dev.synthorax.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
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
final class TrainingLoop {
  /** What a stage minimises. */
  @FunctionalInterface
  interface Objective {
    /**
     * The loss of a step's batch, a scalar with gradients. Temporaries belong to the caller's
     * scope. Random numbers come from libtorch's generator, which was seeded for this step.
     */
    Tensor loss(long step);
  }

  /** Hears of the progress. */
  @FunctionalInterface
  interface Listener {
    /**
     * Called every few seconds.
     *
     * @param step steps done
     * @param loss mean since the last call
     * @param secondsPerStep mean since the last call
     */
    void progress(long step, double loss, double secondsPerStep);
  }

  private static final long REPORT_NANOS = Duration.ofSeconds(10).toNanos();

  private final String identity;
  private final long seed;
  private final long steps;
  private final LearningRate rate;
  private final Path checkpoint;
  private final Duration checkpointEvery;

  /**
   * A loop.
   *
   * @param identity names the settings; a checkpoint of others is refused
   * @param seed decides all randomness
   * @param steps updates in all
   * @param checkpoint file to resume from and to write
   * @param checkpointEvery time between two writes
   */
  TrainingLoop(
      String identity,
      long seed,
      long steps,
      LearningRate rate,
      Path checkpoint,
      Duration checkpointEvery) {
    this.identity = identity;
    this.seed = seed;
    this.steps = steps;
    this.rate = rate;
    this.checkpoint = checkpoint;
    this.checkpointEvery = checkpointEvery;
  }

  /**
   * Runs from the checkpoint, if there is one, to the last step or until told to stop; writes a
   * checkpoint at the end either way.
   *
   * @param stop asked before every step
   * @return whether the last step was reached
   * @throws IllegalStateException if three losses in a row are not finite
   */
  boolean run(FlatOptimizer optimizer, Objective objective, BooleanSupplier stop, Listener listener)
      throws IOException {
    if (Files.exists(checkpoint)) {
      optimizer.restore(checkpoint, identity);
    }
    long reportedStep = optimizer.step();
    long reportedNanos = System.nanoTime();
    long savedNanos = reportedNanos;
    double lossSum = 0;
    int broken = 0;
    while (optimizer.step() < steps && !stop.getAsBoolean()) {
      long step = optimizer.step();
      double loss = step(optimizer, objective, step);
      broken = Double.isFinite(loss) ? 0 : broken + 1;
      if (broken == 3) {
        throw new IllegalStateException(
            "step %d: loss %s three times in a row (lower the learning rate)"
                .formatted(step, loss));
      }
      lossSum += loss;
      long done = optimizer.step();
      long now = System.nanoTime();
      if (now - reportedNanos >= REPORT_NANOS || done == steps) {
        double count = done - reportedStep;
        listener.progress(done, lossSum / count, (now - reportedNanos) / count / 1e9);
        reportedStep = done;
        reportedNanos = now;
        lossSum = 0;
      }
      if (now - savedNanos >= checkpointEvery.toNanos()) {
        optimizer.save(checkpoint, identity);
        savedNanos = System.nanoTime();
      }
    }
    optimizer.save(checkpoint, identity);
    return optimizer.step() >= steps;
  }

  private double step(FlatOptimizer optimizer, Objective objective, long step) {
    try (PointerScope _ = new PointerScope()) {
      torch.manual_seed(seed * 1_000_003L + step);
      Tensor loss = objective.loss(step);
      loss.backward();
      double value = loss.item_double();
      optimizer.update(rate.at(step));
      return value;
    }
  }
}
